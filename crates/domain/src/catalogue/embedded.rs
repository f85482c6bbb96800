//! The catalogue's texts as this program was built with them: the one in use, and each one that was
//! released before, so that a round can be told what a newer one would change. A released text never
//! changes (`schema/catalogue/frozen.txt`). Not here: what the texts say (`load`).

use super::Catalogue;
use super::load::{CatalogueError, Sources};
use std::borrow::Cow;
use std::sync::OnceLock;

macro_rules! embedded {
    ($folder:literal: $($name:literal),* $(,)?) => {
        Sources {
            items: include_str!(concat!("../../../../schema/catalogue", $folder, "/items.json")).into(),
            stations: include_str!(concat!("../../../../schema/catalogue", $folder, "/stations.json")).into(),
            packages: include_str!(concat!("../../../../schema/catalogue", $folder, "/packages.json")).into(),
            rules: include_str!(concat!("../../../../schema/catalogue", $folder, "/rules.json")).into(),
            phrases: None,
            tables: vec![$((
                $name,
                Cow::Borrowed(include_str!(concat!("../../../../schema/catalogue", $folder, "/tables/", $name))),
            )),*],
        }
    };
}

impl Sources {
    /// The files of `schema/catalogue` as they were when this program was built.
    pub fn builtin() -> Sources {
        let files = embedded!["":
            "adult_bmi_waist_wst428_2013.csv",
            "cn_htn_guideline_2018_child_bp_simplified.csv",
            "critical_values_screening.csv",
            "egfr_ckdepi.csv",
            "finding_levels.csv",
            "gbt16133_2014_scoliosis_rule.csv",
            "glucose_diabetes.csv",
            "hypertension_grades_adult.csv",
            "lab_reference_intervals_adult.csv",
            "limits_in_words.csv",
            "lipids_2023.csv",
            "plausibility_other.csv",
            "plausibility_student_height_weight.csv",
            "selfcare_65plus.csv",
            "tcm_constitution_33.csv",
            "uric_acid.csv",
            "vision_levels.csv",
            "wst441_2013_anemia_hb.csv",
            "wst456_2014_stunting_height.csv",
            "wst456_2014_wasting_bmi.csv",
            "wst586_2018_bmi_overweight_obesity.csv",
            "wst610_2018_bp_p90_p95.csv",
            "wst610_2018_height_percentiles.csv",
            "wst611_2018_waist_p75_p90.csv",
            "wst612_2018_height_level.csv",
            "wst663_2020_myopia_screening.csv",
        ];
        Sources {
            phrases: Some(include_str!("../../../../schema/catalogue/phrases.json").into()),
            ..files
        }
    }

    /// A catalogue as it was released; `None` where this program does not hold it.
    pub fn released(version: u32) -> Option<Sources> {
        match version {
            1 => Some(released_1()),
            2 => Some(released_2()),
            _ => None,
        }
    }
}

fn released_1() -> Sources {
    embedded!["/released/1":
        "adult_bmi_waist_wst428_2013.csv",
        "critical_values_screening.csv",
        "finding_levels.csv",
        "glucose_diabetes.csv",
        "hypertension_grades_adult.csv",
        "lipids_2023.csv",
        "plausibility_other.csv",
        "plausibility_student_height_weight.csv",
        "vision_levels.csv",
        "wst441_2013_anemia_hb.csv",
        "wst586_2018_bmi_overweight_obesity.csv",
        "wst610_2018_bp_p90_p95.csv",
        "wst610_2018_height_percentiles.csv",
    ]
}

fn released_2() -> Sources {
    embedded!["/released/2":
        "adult_bmi_waist_wst428_2013.csv",
        "cn_htn_guideline_2018_child_bp_simplified.csv",
        "critical_values_screening.csv",
        "egfr_ckdepi.csv",
        "finding_levels.csv",
        "gbt16133_2014_scoliosis_rule.csv",
        "glucose_diabetes.csv",
        "hypertension_grades_adult.csv",
        "lab_reference_intervals_adult.csv",
        "limits_in_words.csv",
        "lipids_2023.csv",
        "plausibility_other.csv",
        "plausibility_student_height_weight.csv",
        "selfcare_65plus.csv",
        "tcm_constitution_33.csv",
        "uric_acid.csv",
        "vision_levels.csv",
        "wst441_2013_anemia_hb.csv",
        "wst456_2014_stunting_height.csv",
        "wst456_2014_wasting_bmi.csv",
        "wst586_2018_bmi_overweight_obesity.csv",
        "wst610_2018_bp_p90_p95.csv",
        "wst610_2018_height_percentiles.csv",
        "wst611_2018_waist_p75_p90.csv",
        "wst612_2018_height_level.csv",
        "wst663_2020_myopia_screening.csv",
    ]
}

impl Catalogue {
    /// The versions released before the one in use, oldest first.
    pub const RELEASED: [u32; 2] = [1, 2];

    /// A catalogue by its version: the one in use or a released one, parsed once. `None` where this program does not hold
    /// it; an error where its texts contradict each other.
    pub fn version(version: u32) -> Option<Result<&'static Catalogue, CatalogueError>> {
        type Loaded = OnceLock<Result<Catalogue, CatalogueError>>;
        static LOADED: [Loaded; Catalogue::RELEASED.len()] =
            [const { OnceLock::new() }; Catalogue::RELEASED.len()];
        if version == Catalogue::builtin().version {
            return Some(Ok(Catalogue::builtin()));
        }
        let sources = Sources::released(version)?;
        let at = Catalogue::RELEASED.iter().position(|released| *released == version)?;
        let loaded = LOADED.get(at)?.get_or_init(|| Catalogue::load(&sources));
        Some(loaded.as_ref().map_err(Clone::clone))
    }
}
