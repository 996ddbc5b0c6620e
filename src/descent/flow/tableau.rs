//! The coefficients of Dormand and Prince's method of order 8 with its two embedded estimates, of orders 5 and 3.
//!
//! They are those of the program DOP853 of Hairer, Nørsett and Wanner, *Solving Ordinary Differential Equations I*, 2nd edition (1993), section
//! II.5 and appendix, each rounded to the nearest f64. A test holds them against the conditions that a method of order 8 has to meet.

/// What is not zero in a row: the number of a stage and its weight.
pub(super) type Row = &'static [(usize, f64)];

/// Evaluations of the slope in a step, that at its start among them.
pub(super) const STAGES: usize = 12;

/// Stage `i + 1` is evaluated at `w + h Σ_j a_ij k_j` with the slopes `k_j` of the stages before it.
pub(super) const AT: [Row; STAGES - 1] = [
    &[(0, 0.052_600_151_958_767_73)],
    &[(0, 0.019_725_056_984_537_9), (1, 0.059_175_170_953_613_7)],
    &[(0, 0.029_587_585_476_806_85), (2, 0.088_762_756_430_420_54)],
    &[(0, 0.241_365_134_159_266_7), (2, -0.884_549_479_328_286_1), (3, 0.924_834_003_261_792)],
    &[(0, 0.037_037_037_037_037_035), (3, 0.170_828_608_729_473_86), (4, 0.125_467_687_566_822_42)],
    &[(0, 0.037_109_375), (3, 0.170_252_211_019_544_05), (4, 0.060_216_538_980_455_96), (5, -0.017_578_125)],
    &[
        (0, 0.037_092_000_118_504_79),
        (3, 0.170_383_925_712_239_98),
        (4, 0.107_262_030_446_373_28),
        (5, -0.015_319_437_748_624_402),
        (6, 0.008_273_789_163_814_023),
    ],
    &[
        (0, 0.624_110_958_716_075_7),
        (3, -3.360_892_629_446_941_4),
        (4, -0.868_219_346_841_726),
        (5, 27.592_099_699_446_71),
        (6, 20.154_067_550_477_894),
        (7, -43.489_884_181_069_96),
    ],
    &[
        (0, 0.477_662_536_438_264_34),
        (3, -2.488_114_619_971_667_7),
        (4, -0.590_290_826_836_843),
        (5, 21.230_051_448_181_193),
        (6, 15.279_233_632_882_423),
        (7, -33.288_210_968_984_86),
        (8, -0.020_331_201_708_508_627),
    ],
    &[
        (0, -0.937_142_430_085_987_3),
        (3, 5.186_372_428_844_064),
        (4, 1.091_437_348_996_729_5),
        (5, -8.149_787_010_746_927),
        (6, -18.520_065_659_996_96),
        (7, 22.739_487_099_350_505),
        (8, 2.493_605_552_679_652_3),
        (9, -3.046_764_471_898_219_6),
    ],
    &[
        (0, 2.273_310_147_516_538),
        (3, -10.534_495_466_737_25),
        (4, -2.000_872_058_224_862_5),
        (5, -17.958_931_863_118_8),
        (6, 27.948_884_529_419_96),
        (7, -2.858_998_277_135_023_5),
        (8, -8.872_856_933_530_63),
        (9, 12.360_567_175_794_303),
        (10, 0.643_392_746_015_763_6),
    ],
];

/// The step is `h Σ_j b_j k_j`, and the two errors that are estimated are sums of the same stages: `j`, `b_j`, of order 5, of order 3.
pub(super) const END: [(usize, f64, f64, f64); 8] = [
    (0, 0.054_293_734_116_568_765, 0.013_120_044_994_194_88, -0.189_800_754_072_407_62),
    (5, 4.450_312_892_752_409, -1.225_156_446_376_204_4, 4.450_312_892_752_409),
    (6, 1.891_517_899_314_500_3, -0.495_758_949_657_250_2, 1.891_517_899_314_500_3),
    (7, -5.801_203_960_010_585, 1.664_377_182_454_986_4, -5.801_203_960_010_585),
    (8, 0.311_164_366_957_819_9, -0.350_328_848_749_973_66, -0.422_682_321_323_791_9),
    (9, -0.152_160_949_662_516_1, 0.334_179_118_713_017_5, -0.152_160_949_662_516_1),
    (10, 0.201_365_400_804_030_34, 0.081_923_206_485_115_71, 0.201_365_400_804_030_34),
    (11, 0.044_710_615_727_772_59, -0.022_355_307_863_886_294, 0.022_651_792_198_360_82),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The time of each stage, in steps.
    fn times() -> [f64; STAGES] {
        let mut times = [0.0; STAGES];
        for (time, row) in times[1..].iter_mut().zip(AT) {
            *time = row.iter().map(|(_, a)| a).sum();
        }
        times
    }

    #[test]
    fn the_weights_integrate_polynomials_up_to_order_eight() {
        let times = times();
        for degree in 0..8 {
            let sum: f64 = END.iter().map(|&(j, b, ..)| b * times[j].powi(degree)).sum();
            assert!((sum - 1.0 / f64::from(degree + 1)).abs() < 1e-13, "{degree}: {sum}");
        }
        let ninth: f64 = END.iter().map(|&(j, b, ..)| b * times[j].powi(8)).sum();
        assert!((ninth - 1.0 / 9.0).abs() > 1e-7, "{ninth}");
    }

    /// A slip in a single digit of a coefficient hides from a path that is followed, since a step becomes a little shorter and no more.
    #[test]
    fn every_stage_integrates_polynomials() {
        let times = times();
        for (stage, row) in (1..STAGES).zip(AT).skip(1) {
            for degree in 1..=if stage < 5 { 2 } else { 4 } {
                let sum: f64 = row.iter().map(|&(j, a)| a * times[j].powi(degree)).sum();
                let exact = times[stage].powi(degree + 1) / f64::from(degree + 1);
                assert!((sum - exact).abs() < 1e-12, "stage {stage}, degree {degree}: {sum} {exact}");
            }
        }
    }

    #[test]
    fn the_estimates_vanish_on_polynomials_below_their_orders() {
        let times = times();
        for degree in 0..8 {
            let sum = |of: fn(&(usize, f64, f64, f64)) -> f64| -> f64 {
                END.iter().map(|row| of(row) * times[row.0].powi(degree)).sum()
            };
            assert_eq!(sum(|row| row.2).abs() < 1e-13, degree < 5, "order 5, degree {degree}");
            assert_eq!(sum(|row| row.3).abs() < 1e-13, degree < 3, "order 3, degree {degree}");
        }
    }
}
