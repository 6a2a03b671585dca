use proptest::prelude::*;

use super::*;

fn plan(unit: Unit, form: Form, series: Vec<Vec<i64>>) -> Plan {
    let count = series.first().map_or(0, Vec::len);
    let day = jiff::civil::date(2026, 1, 1);
    let days: Vec<Date> = day
        .series(jiff::Span::new().days(1))
        .take(count + 1)
        .collect();
    let named = |(values, name): (Vec<i64>, &str)| Series {
        name: name.to_owned(),
        values: values.into_iter().map(Some).collect(),
    };
    Plan {
        id: "c",
        title: "Revenue <b>".to_owned(),
        description: "By day.".to_owned(),
        headline: None,
        when: "Day",
        labels: labels(ReportPeriod::Month, &days),
        series: series
            .into_iter()
            .zip(["Made", "Paid", "Third"])
            .map(named)
            .collect(),
        unit,
        form,
    }
}

fn html(plan: Plan) -> String {
    Chart::new(plan).render().unwrap()
}

const USD: Unit = Unit::Money(Currency::USD);

#[test]
fn ticks_are_round_and_money_is_written_in_its_currency() {
    let words = |unit, values: &[i64]| -> Vec<String> {
        let chart = Chart::new(plan(unit, Form::Bars, vec![values.to_vec()]));
        chart.ticks.into_iter().map(|tick| tick.words).collect()
    };
    assert_eq!(words(USD, &[7_000]), ["$0", "$20", "$40", "$60", "$80"]);
    assert_eq!(words(USD, &[130]), ["$0", "$0.50", "$1", "$1.50"]);
    assert_eq!(words(Unit::Count, &[3]), ["0", "1", "2", "3"]);
    assert_eq!(words(Unit::Count, &[1_200]), ["0", "500", "1,000", "1,500"]);
    assert_eq!(words(Unit::Count, &[-1, 2]), ["-1", "0", "1", "2"]);
    assert_eq!(
        words(Unit::Percent, &[63]),
        ["0%", "20%", "40%", "60%", "80%"]
    );
    let yen: Currency = "jpy".parse().unwrap();
    assert_eq!(words(Unit::Money(yen), &[900]), ["¥0", "¥500", "¥1,000"]);
}

#[test]
fn an_empty_chart_says_so_and_still_has_its_table() {
    for series in [
        vec![vec![0; 7]],
        vec![vec![0; 7], vec![0; 7]],
        vec![vec![]],
        vec![],
    ] {
        let text = html(plan(USD, Form::Bars, series));
        assert!(text.contains("Nothing in this period"), "{text}");
        assert!(!text.contains("class=\"bar"));
        assert!(
            !text.contains("class=\"y\""),
            "no height is named where none means anything: {text}"
        );
        assert!(text.contains("<table>"));
        assert!(!text.contains("NaN"));
    }
    assert!(!html(plan(USD, Form::Bars, vec![vec![0, 1]])).contains("Nothing in this period"));
}

#[test]
fn every_figure_is_a_bar_with_its_words_and_a_row_of_the_table() {
    let text = html(plan(USD, Form::Bars, vec![vec![1_250, 0, 99]]));
    assert_eq!(
        text.matches("class=\"bar s1\"").count(),
        2,
        "nothing is no bar"
    );
    assert!(
        text.contains("<title>Thu, 1 Jan 2026: $12.50</title>"),
        "{text}"
    );
    assert!(text.contains("<title>Fri, 2 Jan 2026: $0.00</title>"));
    assert!(text.contains("<tr><th scope=\"row\">Sat, 3 Jan 2026</th><td>$0.99</td></tr>"));
    assert!(text.contains("<th scope=\"row\">Total</th><td>$13.49</td>"));
    let two = html(plan(Unit::Count, Form::Bars, vec![vec![4], vec![1]]));
    assert!(two.contains("<title>Thu, 1 Jan 2026: Made 4, Paid 1</title>"));
    assert!(two.contains("<li class=\"s2\">Paid</li>"));
}

#[test]
fn a_chart_has_a_name_for_readers_and_nothing_that_the_policy_forbids() {
    let text = html(plan(USD, Form::Line, vec![vec![1, 2, 3]]));
    assert!(text.contains("role=\"img\" aria-labelledby=\"c-title c-desc\""));
    assert!(!text.contains("style=") && !text.contains("<style") && !text.contains("<b>"));
    assert!(text.contains("Revenue &#60;b&#62;"), "{text}");
    assert_eq!(text.matches("<path class=\"line s1\"").count(), 1);
}

#[test]
fn a_line_is_broken_where_there_is_no_figure() {
    let mut broken = plan(Unit::Percent, Form::Line, vec![vec![50; 5]]);
    broken.series[0].values[2] = None;
    let chart = Chart::new(broken);
    assert_eq!(chart.lines[0].matches('M').count(), 2, "{}", chart.lines[0]);
    assert_eq!(
        chart
            .slots
            .iter()
            .filter(|slot| !slot.dots.is_empty())
            .count(),
        4
    );
    assert!(
        chart.slots[2].words.ends_with(": –"),
        "{}",
        chart.slots[2].words
    );
}

#[test]
fn labels_are_thinned_from_the_newest_backwards() {
    for (count, most) in [(1, 1), (7, 7), (12, 7), (30, 7), (90, 7)] {
        let chart = Chart::new(plan(USD, Form::Bars, vec![vec![1; count]]));
        assert!(chart.marks.len() <= most, "{count}");
        let newest = chart.marks.last().unwrap();
        assert_eq!(newest.words, chart_label(count));
        assert!(!newest.often, "the newest stays where there is little room");
    }
}

fn chart_label(count: usize) -> String {
    plan(USD, Form::Bars, vec![vec![1; count]]).labels[count - 1]
        .short
        .clone()
}

#[test]
fn parts_of_a_year_are_months() {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let days = ReportPeriod::Year.days(now, &jiff::tz::TimeZone::UTC);
    let found = labels(ReportPeriod::Year, &days);
    assert_eq!(found.len(), 12);
    assert_eq!(
        found[11],
        Label {
            short: "Nov".into(),
            long: "November 2026".into()
        }
    );
}

proptest! {
    #[test]
    fn nothing_leaves_the_picture(
        values in prop::collection::vec(prop_oneof![0i64..100_000, any::<i64>(), Just(0)], 0..120),
        other in prop::collection::vec(any::<i64>(), 0..5),
        form in prop::sample::select(vec![Form::Bars, Form::Line]),
    ) {
        let chart = Chart::new(plan(Unit::Count, form, vec![values, other]));
        let (width, floor) = (f64::from(Chart::WIDTH) + 0.02, f64::from(Chart::FLOOR) + 1.02);
        for slot in &chart.slots {
            prop_assert!(slot.x >= chart.left && slot.x + slot.width <= width);
            for bar in &slot.bars {
                prop_assert!(bar.x >= chart.left && bar.x + bar.width <= width, "{bar:?}");
                prop_assert!(bar.y >= 0.0 && bar.height > 0.0 && bar.y + bar.height <= floor, "{bar:?}");
            }
            for dot in &slot.dots {
                prop_assert!(dot.y >= 0.0 && dot.y <= floor && dot.x <= width, "{dot:?}");
            }
        }
        prop_assert!(chart.ticks.len() <= STEPS as usize + 2, "{}", chart.ticks.len());
        for tick in &chart.ticks {
            prop_assert!(tick.y > 0.0 && tick.y <= floor);
        }
    }
}

#[test]
fn thousandths_are_shown_as_far_as_they_are_there() {
    for (value, words) in [
        (0, "0"),
        (1_000, "1"),
        (-250, "-0.25"),
        (-1_500, "-1.5"),
        (1_234_567_008, "1,234,567.008"),
        (100_000, "100"),
    ] {
        assert_eq!(Unit::Thousandths.words(value), words);
    }
}
