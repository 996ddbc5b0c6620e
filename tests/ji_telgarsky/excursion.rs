//! What moves the first layer away from the maximum-margin direction.

use super::family::come_out;
use super::is_proved;

#[test]
fn the_orthogonal_part_grows_as_little_as_it_should() {
    come_out(&["JT19.eq38", "JT19.theorem4-excursion"], 16);
    is_proved("JT19.eq38.equality");
}
