//! How someone examined stands to the roster of the round. Coverage counts the three apart.

use crate::facts::Standing;
use crate::ids::UnitCode;

/// `listed`: the units on whose roster of this round the person is. `home`: the home unit as told, a
/// code outside the district for someone from elsewhere, `None` when nobody said.
///
/// Someone on another unit's roster, or at home in the district, or of whom no home was told, is of
/// the district (本区他村); only who says so is from outside (外区).
pub fn standing(
    district: &UnitCode,
    examined_at: &UnitCode,
    listed: &[UnitCode],
    home: Option<&UnitCode>,
) -> Standing {
    if listed.contains(examined_at) {
        return Standing::Listed;
    }
    let of_the_district = |unit: &UnitCode| district.covers(unit);
    if listed.iter().any(of_the_district) || home.is_none_or(of_the_district) {
        return Standing::OtherVillage;
    }
    Standing::Outside
}
