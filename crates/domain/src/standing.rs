//! How someone examined stands to the roster.

use crate::facts::Standing;
use crate::ids::UnitCode;

/// `listed`: the units on whose roster of this round the person is. `home`: the home unit as told,
/// a code outside the district for someone from elsewhere.
pub fn standing(examined_at: &UnitCode, listed: &[UnitCode], home: Option<&UnitCode>) -> Standing {
    let _ = home;
    if listed.contains(examined_at) { Standing::Listed } else { Standing::OtherVillage }
}
