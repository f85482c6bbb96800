//! Small cells: which numbers of a summary are not shown where it leaves health staff, so that neither they nor any sum or
//! difference of what is shown gives them away. Not the counting (`summary`), nor how a hidden number is written.

use crate::follow::Of;
use crate::indicator::Indicator;
use crate::summary::{BY_YEAR, Rate, SummaryGroup, is_small};
use std::collections::{BTreeMap, BTreeSet};

/// Sums are solved in whole numbers modulo this prime (2³¹−1): exact, and no fractions.
const PRIME: u64 = 2_147_483_647;

/// Numbers, and which sums of them are zero: hidden ones that these sums give away get company.
#[derive(Default)]
pub(crate) struct Sums {
    values: BTreeMap<usize, u64>,
    hidden: BTreeSet<usize>,
    /// Each adds up to zero; a coefficient is 1 or -1.
    zero: Vec<Vec<(usize, i8)>>,
}

impl Sums {
    fn put(&mut self, at: usize, value: u64, is_hidden: bool) {
        self.values.insert(at, value);
        if is_hidden {
            self.hidden.insert(at);
        }
    }

    fn sum(&mut self, whole: usize, parts: impl IntoIterator<Item = usize>) {
        let parts = parts.into_iter().map(|part| (part, -1));
        self.zero.push(std::iter::once((whole, 1)).chain(parts).collect());
    }

    /// Hides one more number of each sum that gives a hidden one away. True where something was hidden.
    fn hide_more(&mut self) -> bool {
        let mut found = false;
        for at in determined(&self.zero, &self.hidden) {
            let with = self.zero.iter().filter(|sum| sum.iter().any(|(one, _)| *one == at));
            let shown = with.filter_map(|sum| {
                let shown =
                    sum.iter().map(|(one, _)| *one).filter(|one| !self.hidden.contains(one));
                // Nobody beside somebody would tell how many are hidden: a number above zero goes first.
                shown.min_by_key(|one| {
                    let value = self.values.get(one).copied().unwrap_or_default();
                    (value == 0, value, *one)
                })
            });
            let next = shown.min_by_key(|one| {
                let value = self.values.get(one).copied().unwrap_or_default();
                (value == 0, value, *one)
            });
            if let Some(next) = next {
                found |= self.hidden.insert(next);
            }
        }
        found
    }
}

/// Those of the hidden that the sums and everything shown leave only one value for: Gauss and Jordan over what is hidden.
fn determined(zero: &[Vec<(usize, i8)>], hidden: &BTreeSet<usize>) -> Vec<usize> {
    type Row = BTreeMap<usize, u64>;
    let less = |row: &mut Row, factor: u64, other: &Row| {
        for (at, coefficient) in other {
            let was = row.get(at).copied().unwrap_or_default();
            let is = (was + PRIME - factor * coefficient % PRIME) % PRIME;
            if is == 0 {
                row.remove(at)
            } else {
                row.insert(*at, is)
            };
        }
    };
    let mut solved: BTreeMap<usize, Row> = BTreeMap::new();
    for sum in zero {
        let unknown = sum.iter().filter(|(at, _)| hidden.contains(at));
        let mut row: Row =
            unknown.map(|(at, sign)| (*at, if *sign < 0 { PRIME - 1 } else { 1 })).collect();
        let known: Vec<usize> = row.keys().copied().filter(|at| solved.contains_key(at)).collect();
        for at in known {
            let factor = row.get(&at).copied().unwrap_or_default();
            less(&mut row, factor, &solved[&at]);
        }
        let Some((first, coefficient)) = row.first_key_value().map(|(at, c)| (*at, *c)) else {
            continue;
        };
        let inverse = power(coefficient, PRIME - 2);
        row.values_mut().for_each(|value| *value = *value * inverse % PRIME);
        for other in solved.values_mut() {
            if let Some(factor) = other.get(&first).copied() {
                less(other, factor, &row);
            }
        }
        solved.insert(first, row);
    }
    solved.into_iter().filter(|(_, row)| row.len() == 1).map(|(at, _)| at).collect()
}

fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

/// A table of rates and what is known of how its numbers hang together.
struct Cells<'a> {
    all: &'a [Indicator],
    chosen: &'a [usize],
    groups: &'a [SummaryGroup],
    rates: &'a [Vec<Rate>],
    /// The first row with the same people in its denominators.
    same: Vec<usize>,
}

impl Cells<'_> {
    fn indicator(&self, row: usize) -> &Indicator {
        &self.all[self.chosen[row]]
    }

    fn row_of(&self, at: Option<usize>) -> Option<usize> {
        let at = at?;
        self.chosen.iter().position(|other| *other == at)
    }

    fn found(&self, row: usize, group: usize) -> usize {
        (row * self.groups.len() + group) * 2
    }

    fn measured(&self, row: usize, group: usize) -> usize {
        (self.same[row] * self.groups.len() + group) * 2 + 1
    }

    /// Who of those a rate is of is in no denominator.
    fn left_out(&self, row: usize, group: usize) -> usize {
        (self.chosen.len() * 2 + row) * self.groups.len() + group
    }

    /// A whole and its parts, by group.
    fn families(&self) -> Vec<(usize, Vec<usize>)> {
        families(self.groups)
    }

    /// Rows that together are everybody measured, whoever looks at the table: those of one rule (正常, 正常高值, 偏高), or one that
    /// counts who has none of some classes, and those that count the classes (营养正常, 营养不良, 超重, 肥胖).
    fn shares(&self) -> Vec<Vec<usize>> {
        let mut sets: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
        let whole = |row: &usize| {
            let one = self.indicator(*row);
            one.part_of.is_none() && one.follow.is_none()
        };
        for row in (0..self.chosen.len()).filter(whole) {
            let Some(rule) = self.indicator(row).rule() else { continue };
            sets.entry((self.same[row], rule)).or_default().push(row);
        }
        let without = (0..self.chosen.len()).filter(|row| self.indicator(*row).is_without());
        let with = |row: usize| {
            let of =
                |other: &usize| self.indicator(row).is_without_those_of(self.indicator(*other));
            let others = (0..self.chosen.len()).filter(whole).filter(of);
            std::iter::once(row).chain(others).collect::<Vec<usize>>()
        };
        let mut all: Vec<Vec<usize>> = sets.into_values().chain(without.map(with)).collect();
        all.retain(|rows| {
            rows.len() > 1 && (0..self.groups.len()).any(|group| self.adds_up(rows, group))
        });
        all
    }

    fn adds_up(&self, rows: &[usize], group: usize) -> bool {
        let found: u64 = rows.iter().map(|row| self.rates[*row][group].found).sum();
        found == self.rates[rows[0]][group].measured
    }

    /// Rows whose denominators are findings of level A, of level B, and of both.
    fn levels(&self) -> Option<[usize; 3]> {
        let row = |of: Of| {
            let is_of = |row: &usize| self.indicator(*row).follow.is_some_and(|one| one.of == of);
            (0..self.chosen.len()).find(is_of)
        };
        Some([row(Of::Grave)?, row(Of::LevelA)?, row(Of::LevelB)?])
    }

    /// Who was examined and is on no list, told by two rows: everybody examined, and those of them who are listed.
    fn is_few_beside_the_list(&self, row: usize, group: usize) -> bool {
        let is_of_list = self.indicator(row).follow.is_some_and(|one| one.of == Of::Expected);
        let listed = self.rates[row][group].found;
        is_of_list && is_small(self.groups[group].people.abs_diff(listed))
    }

    /// Rows whose numbers hang together.
    fn blocks(&self, shares: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let mut block: Vec<usize> = (0..self.chosen.len()).collect();
        let join = |block: &mut Vec<usize>, a: usize, b: usize| {
            let (from, to) = (block[a].max(block[b]), block[a].min(block[b]));
            block.iter_mut().filter(|one| **one == from).for_each(|one| *one = to);
        };
        for row in 0..self.chosen.len() {
            join(&mut block, row, self.same[row]);
            let one = self.indicator(row);
            for other in [self.row_of(one.part_of), self.row_of(one.of)].into_iter().flatten() {
                join(&mut block, row, other);
            }
        }
        for rows in shares {
            rows.iter().for_each(|row| join(&mut block, rows[0], *row));
        }
        if let Some([both, a, b]) = self.levels() {
            [a, b].into_iter().for_each(|row| join(&mut block, both, row));
        }
        let mut blocks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        block.into_iter().enumerate().for_each(|(row, of)| blocks.entry(of).or_default().push(row));
        blocks.into_values().collect()
    }

    /// What is small by itself, and every sum that ties it to something else.
    fn sums(&self, rows: &[usize], shares: &[Vec<usize>]) -> Sums {
        let mut sums = Sums::default();
        for row in rows {
            for (group, rate) in self.rates[*row].iter().enumerate() {
                let [few_found, few_measured] = rate.people.map(is_small);
                let is_few = few_found || few_measured || self.is_few_beside_the_list(*row, group);
                sums.put(self.found(*row, group), rate.found, is_few);
                sums.put(self.measured(*row, group), rate.measured, few_measured);
            }
            let is_by_age = self.indicator(*row).is_by_age();
            let is_told = |parts: &[usize]| is_by_age || self.groups[parts[0]].split != BY_YEAR;
            for (whole, parts) in self.families().into_iter().filter(|(_, p)| is_told(p)) {
                let of = |group: &usize| self.found(*row, *group);
                sums.sum(of(&whole), parts.iter().map(of));
                if self.same[*row] == *row {
                    let of = |group: &usize| self.measured(*row, *group);
                    sums.sum(of(&whole), parts.iter().map(of));
                }
            }
            let parts = |other: &&usize| self.row_of(self.indicator(**other).part_of) == Some(*row);
            let parts: Vec<usize> = rows.iter().filter(parts).copied().collect();
            let of = self.row_of(self.indicator(*row).of);
            for group in 0..self.groups.len() {
                if !parts.is_empty() {
                    let parts = parts.iter().map(|part| self.found(*part, group));
                    sums.sum(self.found(*row, group), parts);
                }
                if let Some(of) = of {
                    let rate = &self.rates[*row][group];
                    let left_out = self.left_out(*row, group);
                    sums.put(left_out, rate.left_out(), is_small(rate.left_out()));
                    sums.sum(self.found(of, group), [self.measured(*row, group), left_out]);
                }
            }
        }
        for of in shares.iter().filter(|of| rows.contains(&of[0])) {
            for group in (0..self.groups.len()).filter(|group| self.adds_up(of, *group)) {
                let parts = of.iter().map(|row| self.found(*row, group));
                sums.sum(self.measured(of[0], group), parts);
            }
        }
        if let Some([both, a, b]) = self.levels().filter(|[both, _, _]| rows.contains(both)) {
            for group in 0..self.groups.len() {
                let parts = [a, b].map(|row| self.measured(row, group));
                sums.sum(self.measured(both, group), parts);
            }
        }
        sums
    }

    /// Without its denominator a numerator beside a rate would tell it, and a hidden numerator is no denominator to show.
    fn follow(&self, rows: &[usize], sums: &mut Sums) -> bool {
        let before = sums.hidden.len();
        for row in rows {
            let of = self.row_of(self.indicator(*row).of);
            for group in 0..self.groups.len() {
                if of.is_some_and(|of| sums.hidden.contains(&self.found(of, group))) {
                    sums.hidden.insert(self.measured(*row, group));
                }
                if sums.hidden.contains(&self.measured(*row, group)) {
                    sums.hidden.insert(self.found(*row, group));
                }
            }
        }
        sums.hidden.len() > before
    }
}

/// Each whole and its parts: everybody and the sexes, everybody and the grades, a grade and its sexes, a sex and that sex of
/// each grade.
fn families(groups: &[SummaryGroup]) -> Vec<(usize, Vec<usize>)> {
    let mut families: BTreeMap<(usize, u8), Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        let Some((parent, split)) = group.parent else { continue };
        families.entry((parent, split)).or_default().push(at);
        let Some((0, over)) = groups[parent].parent.filter(|(_, over)| *over > 0) else { continue };
        let is_alike = |one: &SummaryGroup| one.parent == Some((0, 0)) && one.sex == group.sex;
        if let Some(sex) = groups.iter().position(is_alike) {
            families.entry((sex, over)).or_default().push(at);
        }
    }
    families.into_iter().map(|((whole, _), parts)| (whole, parts)).collect()
}

/// Hides what is small, and what could be worked out from what is left.
pub(crate) fn hide(
    all: &[Indicator],
    chosen: &[usize],
    groups: &[SummaryGroup],
    rates: &mut [Vec<Rate>],
) {
    let mut hidden: BTreeSet<usize> = BTreeSet::new();
    let same = same_people(all, chosen, rates);
    let cells = Cells { all, chosen, groups, rates, same };
    let shares = cells.shares();
    for rows in cells.blocks(&shares) {
        let mut sums = cells.sums(&rows, &shares);
        while cells.follow(&rows, &mut sums) | sums.hide_more() {}
        hidden.append(&mut sums.hidden);
    }
    let is_hidden = |row: usize, group: usize| {
        let of = [cells.found(row, group), cells.measured(row, group), cells.left_out(row, group)];
        of.map(|at| hidden.contains(&at))
    };
    let marks: Vec<Vec<[bool; 3]>> = (0..chosen.len())
        .map(|row| (0..groups.len()).map(|group| is_hidden(row, group)).collect())
        .collect();
    for (row, marks) in rates.iter_mut().zip(marks) {
        for (rate, [found, measured, left_out]) in row.iter_mut().zip(marks) {
            (rate.is_hidden, rate.hides_measured) = (found || measured, measured);
            rate.hides_left_out = left_out;
        }
        hide_left_out(groups, row);
    }
}

/// Who was left out, of one rate: hidden with its denominator, where there are few, and where a sum would tell.
fn hide_left_out(groups: &[SummaryGroup], row: &mut [Rate]) {
    let mut sums = Sums::default();
    for (at, rate) in row.iter().enumerate() {
        let few = rate.reasons().iter().any(|(n, _)| is_small(*n));
        sums.put(at, rate.left_out(), few || rate.hides_measured || rate.hides_left_out);
    }
    for (whole, parts) in families(groups) {
        sums.sum(whole, parts);
    }
    while sums.hide_more() {}
    for (at, rate) in row.iter_mut().enumerate() {
        rate.hides_left_out = sums.hidden.contains(&at);
    }
}

/// For each row the first one with the same question and the same denominators.
fn same_people(all: &[Indicator], chosen: &[usize], rates: &[Vec<Rate>]) -> Vec<usize> {
    let measured = |row: usize| rates[row].iter().map(|rate| rate.measured).collect::<Vec<u64>>();
    let same = |row: usize| {
        let before = |other: &usize| {
            all[chosen[*other]].asks_the_same(&all[chosen[row]])
                && measured(*other) == measured(row)
        };
        (0..row).find(before).unwrap_or(row)
    };
    (0..chosen.len()).map(same).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody, two sexes, and three grades of two sexes: as a school has them.
    fn groups() -> Vec<SummaryGroup> {
        let group = |parent: Option<(usize, u8)>, sex| {
            let split = u8::from(parent.is_some_and(|parent| parent != (0, 0)));
            SummaryGroup { name: String::new(), people: 0, parent, sex, split }
        };
        let mut groups = vec![group(None, 0), group(Some((0, 0)), 1), group(Some((0, 0)), 2)];
        for _ in 0..3 {
            let owner = groups.len();
            groups.push(group(Some((0, 1)), 0));
            groups.extend([1, 2].map(|sex| group(Some((owner, 0)), sex)));
        }
        groups
    }

    /// Values of all nine groups from those of the six sexes of grades, and which are small.
    fn sums_of(cells: [u64; 6]) -> Sums {
        let mut values = [0_u64; 12];
        for (at, value) in cells.into_iter().enumerate() {
            let (grade, sex) = (at / 2, at % 2);
            for group in [0, 1 + sex, 3 + grade * 3, 4 + grade * 3 + sex] {
                values[group] += value;
            }
        }
        let mut sums = Sums::default();
        for (at, value) in values.into_iter().enumerate() {
            sums.put(at, value, is_small(value));
        }
        families(&groups()).into_iter().for_each(|(whole, parts)| sums.sum(whole, parts));
        sums
    }

    /// By trying: does another table with the same shown numbers give this hidden one another value? Values up to two away.
    fn has_another(sums: &Sums, cells: [u64; 6], at: usize) -> bool {
        let shown = |one: &Sums| -> Vec<u64> {
            let shown = one.values.iter().filter(|(at, _)| !sums.hidden.contains(at));
            shown.map(|(_, value)| *value).collect()
        };
        let wanted = shown(sums);
        let around = |value: u64| value.saturating_sub(2)..=value + 2;
        let mut tried = cells;
        fn go(
            tried: &mut [u64; 6],
            from: usize,
            around: &dyn Fn(usize) -> std::ops::RangeInclusive<u64>,
            is_other: &dyn Fn([u64; 6]) -> bool,
        ) -> bool {
            if from == 6 {
                return is_other(*tried);
            }
            around(from).any(|value| {
                tried[from] = value;
                go(tried, from + 1, around, is_other)
            })
        }
        let free = |place: usize| {
            let group = 4 + (place / 2) * 3 + place % 2;
            if sums.hidden.contains(&group) {
                around(cells[place])
            } else {
                cells[place]..=cells[place]
            }
        };
        let is_other = |tried: [u64; 6]| {
            let other = sums_of(tried);
            other.values[&at] != sums.values[&at] && shown(&other) == wanted
        };
        go(&mut tried, 0, &free, &is_other)
    }

    #[test]
    fn no_sum_or_difference_of_what_is_shown_gives_a_hidden_number_away() {
        let mut alone = 0;
        for cells in [
            [3, 20, 30, 40, 50, 60],
            [3, 20, 2, 40, 50, 60],
            [3, 20, 30, 4, 50, 60],
            [3, 4, 30, 40, 50, 60],
            [0, 3, 0, 40, 0, 60],
            [1, 1, 1, 1, 1, 1],
            [6, 6, 6, 6, 6, 4],
        ] {
            let mut sums = sums_of(cells);
            let small = sums.hidden.clone();
            alone += small.iter().filter(|at| !has_another(&sums, cells, **at)).count();
            while sums.hide_more() {}
            for at in small {
                assert!(has_another(&sums, cells, at), "{cells:?}: {at} can be worked out");
            }
        }
        assert!(alone > 5, "control: hiding only what is small gives {alone} away");
    }

    /// What is hidden of these rows, told of everybody alone: key, people in the numerator and the denominator.
    fn hidden_of(examined: u64, rows: &[(&str, [u64; 2])]) -> Vec<(String, &'static str)> {
        let all = crate::indicator::builtin().unwrap();
        let place = |key: &str| all.iter().position(|one| one.key == key).unwrap();
        let chosen: Vec<usize> = rows.iter().map(|(key, _)| place(key)).collect();
        let groups = [SummaryGroup {
            name: String::new(),
            people: examined,
            parent: None,
            sex: 0,
            split: 0,
        }];
        let rate = |people: [u64; 2]| Rate {
            found: people[0],
            measured: people[1],
            people,
            ..Rate::default()
        };
        let mut rates: Vec<Vec<Rate>> =
            rows.iter().map(|(_, people)| vec![rate(*people)]).collect();
        hide(&all, &chosen, &groups, &mut rates);
        let mut hidden = Vec::new();
        for ((key, _), of) in rows.iter().zip(&rates) {
            if of[0].is_hidden {
                hidden.push(((*key).to_owned(), "found"));
            }
            if of[0].hides_measured {
                hidden.push(((*key).to_owned(), "measured"));
            }
        }
        hidden
    }

    #[test]
    fn rows_of_one_table_do_not_give_each_other_away() {
        let check = |examined, rows: &[(&str, [u64; 2])], small: (&str, &str), control: &[_]| {
            let hidden = hidden_of(examined, rows);
            let is_small = |(key, what): &&(String, &str)| (key.as_str(), *what) == small;
            assert!(hidden.iter().any(|one| is_small(&one)), "{hidden:?}");
            assert!(hidden.iter().any(|one| !is_small(&one)), "{small:?} alone can be worked out");
            assert_eq!(hidden_of(200, control), [], "control");
        };
        // Pupils' pressures: normal, high normal and raised are everybody measured.
        let pressures = |raised| {
            let keys = ["pupil_bp_normal", "pupil_bp_high_normal", "pupil_bp_raised"];
            let found = [60, 20, raised];
            std::array::from_fn::<_, 3, _>(|at| (keys[at], [found[at], 80 + raised]))
        };
        check(83, &pressures(3), ("pupil_bp_raised", "found"), &pressures(7));
        // So are pupils who are well nourished and who are not, which are of two standards.
        let nourished = |obese| {
            let keys = ["pupil_malnourished", "pupil_overweight", "pupil_obese", "pupil_nourished"];
            let found = [12, 10, obese, 60];
            std::array::from_fn::<_, 4, _>(|at| (keys[at], [found[at], 82 + obese]))
        };
        check(85, &nourished(3), ("pupil_obese", "found"), &nourished(7));
        // Findings of A and of B are those of both.
        let levels = |a| {
            [
                ("follow_a_told", [a, a]),
                ("follow_b_told", [30, 40]),
                ("follow_reached", [30, 40 + a]),
            ]
        };
        check(99, &levels(3), ("follow_a_told", "measured"), &levels(8));
        // Examined less those of the list are those who came from elsewhere.
        let listed =
            |others: u64| [("coverage", [200 - others, 250]), ("report_received", [60, 200])];
        assert_eq!(hidden_of(200, &listed(3)), [("coverage".to_owned(), "found")]);
        assert_eq!(hidden_of(200, &listed(8)), [], "control");
        // Everybody examined is one number, in whichever row it stands.
        let all = crate::indicator::builtin().unwrap();
        let one = |key: &str| all.iter().find(|one| one.key == key).unwrap();
        assert!(one("adult_a").asks_the_same(one("report_received")));
        assert!(!one("adult_a").asks_the_same(one("adult_obese")), "control");
    }

    #[test]
    fn what_nothing_gives_away_hides_nothing_more() {
        let mut sums = sums_of([10, 20, 30, 40, 50, 60]);
        assert!(!sums.hide_more());
        assert!(sums.hidden.is_empty());
    }
}
