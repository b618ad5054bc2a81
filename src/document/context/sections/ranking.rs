//! Rankings: groups by how much they have, each beside its own history.

use super::super::View;
use super::super::tables::{TableView, figure, quiet_figure, text, toned};
use super::Charts;
use crate::figures::{Amount, Body, Normal, Ranking, Section, Standing};
use serde_json::{Value, json};

impl View<'_> {
    pub(super) fn ranking(&self, section: &Section, ranking: &Ranking, charts: &mut Charts) -> Value {
        let mut table = TableView::default();
        for by in &ranking.by {
            table = table.text(self.words.dimension(by));
        }
        for column in &ranking.columns {
            table = table.number(self.words.title(&column.title));
        }
        let pareto = !ranking.together.is_empty();
        if pareto {
            table = table.number(self.words.word("table.together"));
        }
        let together = |place: usize| {
            pareto.then(|| ranking.together.get(place).map_or_else(|| text(""), |share| figure(self.words, share)))
        };
        let judged: Vec<&Normal> = ranking.rows.iter().filter_map(|row| row.normal.as_ref()).collect();
        let learnt = judged.iter().any(|normal| normal.is_learnt() || normal.standing == Standing::New);
        if learnt {
            table = table.text(self.words.word("normal.head"));
        }
        for (place, row) in ranking.rows.iter().enumerate() {
            let mut cells: Vec<Value> =
                (ranking.by.iter().zip(&row.keys)).map(|(by, key)| text(self.key_words(by, key))).collect();
            cells.extend(row.figures.iter().map(|shown| quiet_figure(self.words, shown)));
            cells.extend(together(place));
            if learnt {
                let cell = |normal: &Normal| self.normal_cell(normal);
                cells.push(row.normal.as_ref().map_or_else(|| text(""), cell));
            }
            table.row(cells);
        }
        if ranking.more > 0 {
            let mut cells = vec![text(self.words.count("count.other_rows", ranking.more as i64))];
            cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
            cells.extend(
                ranking
                    .rest
                    .iter()
                    .map(|rest| rest.as_ref().map_or_else(|| text(""), |rest| quiet_figure(self.words, rest))),
            );
            cells.extend(together(ranking.rows.len()));
            cells.extend(learnt.then(|| text("")));
            table.row(cells);
        }
        if ranking.rows.len() > 1 {
            let mut cells = vec![text(self.words.word("table.all"))];
            cells.extend(ranking.by.iter().skip(1).map(|_| text("")));
            cells.extend(ranking.total.iter().map(|total| figure(self.words, total)));
            cells.extend(pareto.then(|| text("")));
            cells.extend(learnt.then(|| text("")));
            table.total(cells);
        }
        if !ranking.chart.is_empty() && !ranking.rows.is_empty() {
            charts.insert(section.id.clone(), self.ranking_chart(ranking));
        }
        let recorded = ranking.total.iter().find(|figure| figure.amount == Amount::NotRecorded);
        json!({
            "kind": "ranking",
            "chart": if charts.contains_key(&section.id) { section.id.as_str() } else { "" },
            "table": if ranking.rows.is_empty() { Value::Null } else { table.finish() },
            "words": match recorded {
                Some(figure) => self.words.figure_note(figure),
                None if ranking.rows.is_empty() => self.words.word("absent.nothing"),
                None => self.ranking_normal(ranking, &judged),
            },
        })
    }

    /// A group against its own history.
    fn normal_cell(&self, normal: &Normal) -> Value {
        let words = self.words.normal_cell(normal);
        match normal.standing {
            // That somebody did it for once is told, and no mark: what matters then is how much, and that lines are for.
            Standing::Above if normal.nothing_before() => text(words),
            Standing::Above | Standing::Below | Standing::New => toned(words, "warn"),
            _ => text(words),
        }
    }

    /// From what the column of a ranking that says what is normal was learnt.
    fn ranking_normal(&self, ranking: &Ranking, judged: &[&Normal]) -> String {
        let longest = judged.iter().max_by_key(|normal| normal.learnt_from);
        let (Some(head), Some(one)) = (ranking.columns.first(), longest) else { return String::new() };
        // That there is too little history is said once, with the tiles.
        let with_tiles = |section: &Section| match &section.body {
            Body::Summary { tiles } => tiles.iter().any(|tile| tile.total.normal.is_some()),
            _ => false,
        };
        if !one.is_learnt() && one.standing != Standing::New && self.figures.sections.iter().any(with_tiles) {
            return String::new();
        }
        self.words.ranking_learnt(&head.title, one)
    }
}
