//! Sentences of everyday replies, right and wrong, tried together: general facts beside a patient's own.

use super::trial::marks;
use serde_json::{Value, json};

fn charts() -> [Value; 5] {
    [
        json!({
            "demographics": {"name": "Ruth Adeyemi", "age": "58 years"},
            "medications": ["Metformin 1000 mg twice daily", "Lisinopril 20 mg daily", "Atorvastatin 40 mg nightly", "Ozempic 0.5 mg weekly on Mondays"],
            "allergies": ["Amoxicillin (hives)"],
            "problems": ["type 2 diabetes", "hypertension"],
            "results": ["HbA1c 7.4 % (2026-02-24)", "HbA1c 8.6 % (2025-11-18)", "LDL 88 mg/dL (2026-02-24)", "eGFR 82 mL/min (2026-02-24)", "urine albumin/creatinine 12 mg/g (2026-02-24)", "office BP 134/82 (2026-02-24)"],
            "appointments": ["2026-03-17 10:20 Dr. Lindgren, Primary Care"],
            "notes": ["2026-02-24: Eye exam due in May 2026. Recheck A1c in 3 months."]
        }),
        json!({
            "demographics": {"name": "Milo Hart", "age": "5 years"},
            "medications": ["Amoxicillin 400 mg/5 mL, 9 mL twice daily for 10 days (started 2026-03-01)"],
            "allergies": ["Cefdinir (rash)"],
            "problems": ["strep throat"],
            "results": ["Rapid strep positive (2026-03-01)", "weight 19 kg (2026-03-01)", "height 109 cm (2026-03-01)"],
            "notes": ["2026-03-01: Back to school after 24 hours of antibiotic."]
        }),
        json!({
            "demographics": {"name": "Walter Oyelaran", "age": "74 years"},
            "medications": ["Warfarin 5 mg daily", "Metoprolol succinate 50 mg daily", "Furosemide 40 mg every morning"],
            "allergies": ["Codeine (nausea)"],
            "problems": ["atrial fibrillation", "heart failure"],
            "results": ["INR 2.4 (2026-03-02)", "INR 3.6 (2026-02-16)", "potassium 4.2 mmol/L (2026-03-02)", "BNP 220 pg/mL (2026-03-02)", "LVEF 50 % (2026-01-12)", "weight 178 lb (2026-03-02)"],
            "appointments": ["2026-03-23 13:15 Anticoagulation clinic"],
            "notes": ["2026-03-02: INR in range, same dose. Fluid limit 2 L a day."]
        }),
        json!({
            "demographics": {"name": "Greta Lund", "age": "33 years"},
            "medications": ["Levothyroxine 75 mcg daily", "Prenatal vitamin daily"],
            "problems": ["pregnancy, 28 weeks on 2026-03-04", "hypothyroidism"],
            "results": ["TSH 2.1 mIU/L (2026-02-25)", "hemoglobin 11.4 g/dL (2026-02-25)", "1-hour glucose 128 mg/dL (2026-02-25)"],
            "appointments": ["2026-03-18 09:40 Dr. Osei, Obstetrics"],
            "notes": ["2026-02-25: Tdap due. Repeat TSH in 4 weeks."]
        }),
        json!({
            "demographics": {"name": "Kenji Mora", "age": "46 years"},
            "medications": ["Pantoprazole 40 mg every morning", "Sertraline 100 mg daily (started 2026-01-07)"],
            "allergies": ["none known"],
            "problems": ["GERD", "depression"],
            "results": ["PHQ-9 8 (2026-03-02)", "PHQ-9 17 (2026-01-07)", "CT abdomen: simple kidney cyst 14 mm, otherwise normal (2026-02-20)", "vitamin D 24 ng/mL (2026-03-02)", "skin biopsy left shoulder: seborrheic keratosis, benign (2026-02-27)"],
            "appointments": ["2026-04-02 15:00 Dr. Brandt, Primary Care"],
            "notes": ["2026-02-27: Shave biopsy. Keep covered 48 hours. No swimming for 1 week."]
        }),
    ]
}

/// Right sentences, each with the number of its chart.
const RIGHT: &[(usize, &str)] = &[
    (
        0,
        "Your A1c came down from 8.6 to 7.4, and for most adults the goal is under 7.",
    ),
    (
        0,
        "Normal is below 5.7%, and 6.5% or above counts as diabetes.",
    ),
    (
        0,
        "Your urine test was 12 (normal is under 30), so the kidneys are not leaking protein.",
    ),
    (0, "An eGFR above 60 is considered fine, and yours is 82."),
    (0, "With diabetes we like the LDL under 70; yours was 88."),
    (0, "Nausea from Ozempic usually fades within 4 to 8 weeks."),
    (
        0,
        "Check your feet daily and aim for about 150 minutes of brisk walking a week.",
    ),
    (0, "A can of regular soda has about 39 grams of sugar."),
    (
        0,
        "If you're sick and can't keep fluids down for 24 hours, call us.",
    ),
    (
        0,
        "Tylenol is fine for the headache, and skip Sudafed because of your blood pressure.",
    ),
    (
        1,
        "Kids with strep are no longer contagious after 12 to 24 hours on an antibiotic.",
    ),
    (1, "His 9 mL twice a day is right for 19 kg (about 42 lb)."),
    (1, "Children his age need 10 to 13 hours of sleep."),
    (
        1,
        "A booster seat is used until a child is 4'9\", often between 8 and 12 years old.",
    ),
    (
        1,
        "A fever of 102 by itself is not dangerous; call if it lasts more than 3 days.",
    ),
    (1, "The last dose is the evening of March 10."),
    (
        1,
        "Most children feel better within two to three days of starting it.",
    ),
    (
        1,
        "Throw away his toothbrush once he has been on it for 48 hours or so.",
    ),
    (
        2,
        "Your INR of 2.4 is right where it should be; the usual range is 2 to 3.",
    ),
    (
        2,
        "Leafy greens are fine if you keep them about the same from week to week.",
    ),
    (
        2,
        "Please stay away from ibuprofen, Aleve and aspirin-type products like Excedrin while you take warfarin.",
    ),
    (
        2,
        "A weight gain of 3 pounds overnight or 5 in a week means a call to us.",
    ),
    (
        2,
        "BNP was 220; below 100 is normal, but in people with heart failure it often runs higher.",
    ),
    (
        2,
        "An ejection fraction of 50 is at the low end of normal (50 to 70%).",
    ),
    (
        2,
        "Press on a nosebleed for 15 minutes, and if it goes on past that, go to the ER.",
    ),
    (
        2,
        "Nearly half of people over 75 bruise more easily on blood thinners.",
    ),
    (
        2,
        "Your next INR check is Monday, March 23, nineteen days from now.",
    ),
    (
        3,
        "The Tdap shot is given between 27 and 36 weeks in every pregnancy.",
    ),
    (3, "Your glucose of 128 passed, since the cutoff is 140."),
    (
        3,
        "In pregnancy a hemoglobin under 11 is called anemia, so 11.4 is fine.",
    ),
    (
        3,
        "Take the levothyroxine on an empty stomach and keep your prenatal vitamin 4 hours away, since iron blocks it.",
    ),
    (3, "Babies at this stage weigh about 2.5 pounds."),
    (
        3,
        "Try counting kicks: ten movements in two hours is reassuring.",
    ),
    (
        3,
        "Tums are okay for heartburn, but ibuprofen is not for pregnancy.",
    ),
    (3, "On March 18 you'll be 30 weeks."),
    (
        4,
        "A simple cyst is a benign pocket of fluid; about a third of people over 50 have one.",
    ),
    (
        4,
        "Your PHQ-9 fell from 17 to 8, which is now in the mild range (5 to 9).",
    ),
    (
        4,
        "Vitamin D of 24 is a little low; 30 or higher is what we aim for.",
    ),
    (
        4,
        "You've been on sertraline for eight weeks, and it can take 6 to 8 to see the full benefit.",
    ),
    (
        4,
        "For heartburn, finish eating 3 hours before bed and raise the head of the bed by 6 inches.",
    ),
    // A second row, written after the first had been mended.
    (
        0,
        "Metformin works best when it's taken with food, and it can take a week or two for your stomach to settle.",
    ),
    (0, "About 1 in 10 people on lisinopril get a dry cough."),
    (
        0,
        "A serving of cooked rice is a third of a cup and has 15 grams of carbs.",
    ),
    (0, "Statins lower LDL by 30 to 50%."),
    (
        0,
        "Adults over 50 should have two doses of Shingrix, 2 to 6 months apart.",
    ),
    (
        1,
        "A dose that comes up within 30 minutes may be given again.",
    ),
    (
        1,
        "Kids catch 6 to 8 colds a year, so this is nothing unusual.",
    ),
    (
        1,
        "If he gets a rash or his urine turns the color of tea, call us the same day.",
    ),
    (
        1,
        "Popsicles and cold drinks help; honey is safe after the first birthday.",
    ),
    (
        2,
        "Keep salt under 2,000 mg a day, about a teaspoon in all.",
    ),
    (
        2,
        "Normal for someone not on warfarin is about 1, so your 2.4 means that it is working.",
    ),
    (2, "Put your feet up for 30 minutes a few times a day."),
    (2, "A pulse between 60 and 100 at rest is typical."),
    (3, "Most babies drop into the pelvis around 36 weeks."),
    (
        3,
        "Sleeping on your side with a pillow between the knees is best from here on.",
    ),
    (
        4,
        "Scores under 5 mean no depression; over 15 is more severe.",
    ),
    (
        4,
        "Seborrheic keratoses are benign, waxy growths that many people get after 40.",
    ),
    (
        4,
        "Sunscreen of SPF 30 or more helps the scar fade over 6 to 12 months.",
    ),
];

/// Wrong sentences: the wrong words stand in the chart otherwise, or nowhere.
const WRONG: &[(usize, &str)] = &[
    (0, "Your A1c came down from 8.6 to 7.1."),
    (0, "Keep the metformin at 500 mg twice a day."),
    (0, "Lisinopril stays at 40 mg a day."),
    (0, "Take your Ozempic on Wednesdays."),
    (0, "Your LDL was 118, which is above the usual goal of 100."),
    (0, "You see Dr. Lindgren on March 19."),
    (0, "Your eye exam is due in August."),
    (0, "Keep taking your glipizide before breakfast."),
    (
        0,
        "Amoxicillin made your throat swell, so we'd pick another antibiotic.",
    ),
    (0, "Your blood pressure was 124/82 at the last visit."),
    (1, "Give him 7 mL twice a day."),
    (1, "Give the amoxicillin three times a day."),
    (1, "Finish all 7 days, even if he feels well."),
    (1, "He weighed 16 kg at the visit."),
    (1, "His rapid strep was negative."),
    (1, "Cefdinir gave him trouble breathing, so we avoided it."),
    (1, "He can go back to school after 72 hours of antibiotic."),
    (1, "Give him ibuprofen 400 mg every four hours."),
    (2, "Your INR on Monday was 3.6."),
    (2, "Stay on warfarin 2.5 mg a day."),
    (2, "Take furosemide 80 mg every morning."),
    (2, "Keep fluids under 3 L a day."),
    (2, "Your clinic visit is at 2:15 on March 23."),
    (2, "Your potassium was 5.2."),
    (2, "You can take ibuprofen 400 mg for the knee."),
    (2, "Your ejection fraction was 35%."),
    (2, "Don't skip your digoxin."),
    (2, "Your INR went up from 2.4 to 3.6."),
    (3, "Levothyroxine is 100 mcg a day."),
    (3, "Your TSH was 4.8."),
    (3, "We'll repeat the TSH in 8 weeks."),
    (3, "Your visit with Dr. Patel is March 18."),
    (3, "Your hemoglobin was 9.4, which is a little low."),
    (3, "Your visit is Thursday, March 18."),
    (4, "Your PHQ-9 is now 12."),
    (4, "The cyst measured 24 mm."),
    (4, "Your skin biopsy was from the right shoulder."),
    (4, "No swimming for 3 weeks."),
    (4, "You've been on sertraline for five months."),
    (4, "Take pantoprazole twice a day."),
];

#[test]
fn what_is_said_of_anybody_stands_beside_what_is_the_charts() {
    let charts = charts();
    let held: Vec<String> = RIGHT
        .iter()
        .filter_map(|(chart, draft)| {
            let marks = marks("is this all right?", &charts[*chart], draft);
            (!marks.is_empty()).then(|| format!("{draft}: {marks:?}"))
        })
        .collect();
    let missed: Vec<&str> = WRONG
        .iter()
        .filter(|(chart, draft)| marks("is this all right?", &charts[*chart], draft).is_empty())
        .map(|(_, draft)| *draft)
        .collect();
    assert!(
        held.is_empty() && missed.is_empty(),
        "held: {held:#?}\nmissed: {missed:#?}"
    );
}
