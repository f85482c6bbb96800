//! What the samples hold, as `tests/python/sample_counts.py` counts it without any of our code: it reads the
//! rosters with openpyxl, finds usable ID numbers and repetitions by its own rules (its first lines say
//! which), and counts filled cells of `measurements.csv`, a diastolic pressure of 0 being no pressure.

use serde_json::{Value, json};

/// Stations: people with a result, results, cells refused. Proposals: people measured whose roster row has no
/// usable ID number.
pub fn counted() -> Value {
    json!({
        "residents": { "rows": 1091, "accepted": 1078, "merged": 13, "problems": {
            "duplicate": 13, "id_check_digit": 17, "id_missing": 8, "id_stored_as_number": 10,
            "id_wrong_length": 18, "sex_contradicts_id": 3
        } },
        "students": { "rows": 1080, "accepted": 1080, "merged": 0, "problems": {
            "id_check_digit": 12, "id_missing": 13, "id_stored_as_number": 5, "id_wrong_length": 15
        } },
        "village": { "listed": 313, "measured": 313, "proposals": 16, "stations": {
            "register": [293, 586, 0], "general": [313, 1202, 0], "bp": [300, 1467, 1],
            "vision": [0, 0, 0], "blood": [312, 2045, 0], "urine": [293, 586, 0]
        } },
        "school": { "listed": 1080, "measured": 1080, "proposals": 45, "stations": {
            "register": [0, 0, 0], "general": [1079, 3162, 0], "bp": [873, 4184, 63],
            "vision": [1015, 2030, 0], "blood": [1066, 2819, 0], "urine": [0, 0, 0]
        } }
    })
}
