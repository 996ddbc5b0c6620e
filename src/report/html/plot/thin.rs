//! As many points as a picture can show: of each pixel column the first and the last, the least and the largest. Taking every so many-th point
//! instead would lose the peaks.

/// Points, from left to right and in pixels, of which no more than four are left in a column of a pixel.
pub(super) fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for column in columns(points, |point| point.0) {
        let by_height = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
        let least = (0..column.len()).min_by(by_height).unwrap_or(0);
        let largest = (0..column.len()).max_by(by_height).unwrap_or(0);
        let mut places = [0, least, largest, column.len() - 1];
        places.sort_unstable();
        for (place, index) in places.iter().enumerate() {
            if place == 0 || places[place - 1] != *index {
                kept.push(column[*index]);
            }
        }
    }
    kept
}

/// Bands, each with where it is, its lower and its upper end: of those in a column of a pixel there is one left, which covers all.
pub(super) fn covered(bands: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    let cover = |column: &[(f64, f64, f64)]| {
        let low = column.iter().map(|band| band.1).fold(f64::INFINITY, f64::min);
        let high = column.iter().map(|band| band.2).fold(f64::NEG_INFINITY, f64::max);
        (column[0].0, low, high)
    };
    columns(bands, |band| band.0).map(cover).collect()
}

/// What lies in one pixel column, after another.
fn columns<T>(all: &[T], x: impl Fn(&T) -> f64) -> impl Iterator<Item = &[T]> {
    all.chunk_by(move |a, b| x(a).floor() == x(b).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_of_one_point_among_many_is_kept() {
        let height = |n: u32| match n {
            54_321 => 100.0,
            54_322 => -100.0,
            _ => f64::from(n % 7),
        };
        let points: Vec<(f64, f64)> = (0..100_000).map(|n| (f64::from(n) * 0.005, height(n))).collect();
        let kept = thinned(&points);
        assert!(kept.len() <= 4 * 500, "{}", kept.len());
        assert!(kept.iter().any(|point| point.1 == 100.0) && kept.iter().any(|point| point.1 == -100.0));
        assert!(kept.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!((kept[0], kept[kept.len() - 1]), (points[0], points[99_999]));
        let bands: Vec<(f64, f64, f64)> = points.iter().map(|(x, y)| (*x, y - 1.0, y + 1.0)).collect();
        let covered = covered(&bands);
        assert_eq!(covered.len(), 500);
        assert!(covered.iter().any(|band| band.1 == -101.0 && band.2 == 101.0));
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 1.0), (10.0, 1.0), (20.5, -3.0)];
        assert_eq!(thinned(&points), points);
        assert!(thinned(&[]).is_empty() && covered(&[]).is_empty());
        assert_eq!(thinned(&[(1.0, 2.0); 9]), [(1.0, 2.0); 2]);
    }
}
