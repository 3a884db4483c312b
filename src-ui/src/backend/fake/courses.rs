//! `?courses`: results that were measured on uneven days, in two units, and as pairs.

use contract::{Chart, Trend, TrendPoint};

/// Puts them into a chart, and gives their courses.
pub(super) fn into_chart(chart: &mut Chart) -> Vec<Trend> {
    chart.results = [
        "Hemoglobin A1c: 7.4 % (2026-11-12)",
        "Blood pressure: 128/80 mmHg (2026-11-01)",
        "Hemoglobin A1c: 57 mmol/mol (2026-05-02)",
        "Blood pressure: 142/91 mmHg (2026-01-02)",
    ]
    .map(str::to_owned)
    .into();
    let course = |name: &str, unit: &str, points: &[(&str, f64, Option<f64>)]| Trend {
        name: name.into(),
        unit: unit.into(),
        points: points
            .iter()
            .map(|(date, value, lower)| TrendPoint {
                date: (*date).into(),
                value: *value,
                lower: *lower,
            })
            .collect(),
    };
    vec![
        course(
            "Blood pressure",
            "mmHg",
            &[
                ("2026-01-02", 142.0, Some(91.0)),
                ("2026-11-01", 128.0, Some(80.0)),
            ],
        ),
        course(
            "Hemoglobin A1c",
            "%",
            &[
                ("2024-11-12", 8.4, None),
                ("2026-09-12", 7.6, None),
                ("2026-11-12", 7.4, None),
            ],
        ),
        course(
            "Hemoglobin A1c",
            "mmol/mol",
            &[("2025-05-02", 65.0, None), ("2026-05-02", 57.0, None)],
        ),
    ]
}
