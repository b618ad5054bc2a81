//! Sheet: what charts are drawn on. A plotters backend that keeps shapes in points instead of painting pixels.

use super::Look;
use crate::chart::{Anchor, Colour, Picture, Shape};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::Drawable;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::text_anchor::HPos as Held;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind, FontStyle as Face,
};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::ops::Range;
use std::rc::Rc;

/// plotters counts in whole pixels: so many of them are a point.
const FINE: f64 = 50.0;

/// A part of the plane with axes, in the units of the data.
pub type Plot<'s> = ChartContext<'s, Shapes, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Where shapes are collected.
pub struct Sheet<'a> {
    /// How it looks.
    pub look: &'a Look<'a>,
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    area: DrawingArea<Shapes, Shift>,
    shapes: Rc<RefCell<Vec<Shape>>>,
    dash: Rc<Cell<Option<(f64, f64)>>>,
}

/// The backend.
pub struct Shapes {
    size: (u32, u32),
    shapes: Rc<RefCell<Vec<Shape>>>,
    dash: Rc<Cell<Option<(f64, f64)>>>,
}

impl<'a> Sheet<'a> {
    /// An empty sheet; sizes in points.
    pub fn new(width: f64, height: f64, look: &'a Look<'a>) -> Sheet<'a> {
        let (width, height) = (width.clamp(8.0, 5_000.0), height.clamp(4.0, 20_000.0));
        let (shapes, dash) = (Rc::default(), Rc::new(Cell::new(None)));
        let size = ((width * FINE).round() as u32, (height * FINE).round() as u32);
        let area = Shapes { size, shapes: Rc::clone(&shapes), dash: Rc::clone(&dash) }.into_drawing_area();
        Sheet { look, width, height, area, shapes, dash }
    }

    /// What was drawn.
    pub fn picture(self) -> Picture {
        Picture { width: self.width, height: self.height, shapes: self.shapes.take() }
    }

    /// A plot in a rectangle (left, top, right, bottom), with its ranges of values.
    pub fn plot(&self, rectangle: [f64; 4], x: Range<f64>, y: Range<f64>) -> Option<Plot<'static>> {
        let [left, top, right, bottom] = rectangle;
        let size = (px((right - left).max(1.0)), px((bottom - top).max(1.0)));
        let area = self.area.clone().shrink((px(left), px(top)), size);
        self.sure(ChartBuilder::on(&area).build_cartesian_2d(x, y))
    }

    /// Draws elements in the units of the plot's data.
    pub fn draw<E>(&self, plot: &mut Plot, elements: impl IntoIterator<Item = E>)
    where
        for<'b> &'b E: plotters::element::PointCollection<'b, (f64, f64)>,
        E: Drawable<Shapes>,
    {
        self.sure(plot.draw_series(elements).map(drop));
    }

    /// The same with dashed lines.
    pub fn dashed<E>(&self, plot: &mut Plot, elements: impl IntoIterator<Item = E>, dash: (f64, f64))
    where
        for<'b> &'b E: plotters::element::PointCollection<'b, (f64, f64)>,
        E: Drawable<Shapes>,
    {
        self.dash.set(Some(dash));
        self.draw(plot, elements);
        self.dash.set(None);
    }

    /// One line of text; `at` is on its baseline.
    pub fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, label: Label) {
        let held = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let face = if label.bold { FontStyle::Bold } else { FontStyle::Normal };
        let ink = rgb(label.colour);
        let style = TextStyle::from(("sans-serif", label.size * FINE, face).into_font())
            .color(&ink)
            .pos(Pos::new(held, VPos::Bottom));
        self.sure(self.area.draw(&Text::new(text.to_string(), (px(at.0), px(at.1)), style)));
    }

    /// A straight or broken line, in points.
    pub fn line(&self, points: &[(f64, f64)], width: f64, colour: Colour) {
        self.sure(self.area.draw(&PathElement::new(pixels(points), stroke(colour, width))));
    }

    /// A filled rectangle: left, top, right, bottom.
    pub fn rectangle(&self, [left, top, right, bottom]: [f64; 4], fill: Colour) {
        self.sure(self.area.draw(&Rectangle::new([(px(left), px(top)), (px(right), px(bottom))], rgb(fill).filled())));
    }

    /// A filled circle, in points.
    pub fn dot(&self, (x, y): (f64, f64), size: f64, fill: Colour) {
        self.sure(self.area.draw(&Circle::new((px(x), px(y)), radius(size), rgb(fill).filled())));
    }

    /// A ring around a point, which is seen in grey, too.
    pub fn ring(&self, at: (f64, f64), colour: Colour) {
        for (size, fill) in [(3.6, colour), (2.3, super::WHITE), (1.5, colour)] {
            self.dot(at, size, fill);
        }
    }

    /// A rectangle of thin slanted lines: there is no data here.
    pub fn hatch(&self, [left, top, right, bottom]: [f64; 4]) {
        let colour = super::mixed(self.look.palette.quiet, self.look.palette.ink, 0.2);
        let (width, height) = (right - left, bottom - top);
        let mut along = 3.0;
        while along < width + height && along < 6_000.0 {
            // The line x + y = along, cut to the rectangle.
            let (from, to) = ((along - height).max(0.0), along.min(width));
            self.line(&[(left + from, top + along - from), (left + to, top + along - to)], 0.45, colour);
            along += 3.5;
        }
    }

    /// A point of the data in points of the page.
    pub fn place(&self, plot: &Plot, at: (f64, f64)) -> (f64, f64) {
        let (x, y) = plot.backend_coord(&at);
        (f64::from(x) / FINE, f64::from(y) / FINE)
    }

    /// The backend cannot fail, so plotters cannot either; if it ever does, the picture says so instead of lacking something.
    fn sure<T, E: std::fmt::Display>(&self, result: Result<T, E>) -> Option<T> {
        result
            .map_err(|error| {
                let (colour, text) = (self.look.palette.marked, format!("This chart could not be drawn: {error}"));
                let at = (2.0, self.height / 2.0);
                let shape = Shape::Text { at, size: 8.0, bold: true, colour, anchor: Anchor::Start, text };
                self.shapes.borrow_mut().push(shape);
            })
            .ok()
    }
}

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Label {
    /// Points.
    pub size: f64,
    /// Bold.
    pub bold: bool,
    /// Colour.
    pub colour: Colour,
}

/// A stroke of a width in points.
pub fn stroke(colour: Colour, width: f64) -> ShapeStyle {
    Color::stroke_width(&rgb(colour), (width * FINE).round().max(1.0) as u32)
}

/// A colour of plotters.
pub fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

/// A radius in pixels.
pub fn radius(points: f64) -> u32 {
    (points * FINE).round() as u32
}

fn px(points: f64) -> i32 {
    (points * FINE).round() as i32
}

fn pixels(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().map(|(x, y)| (px(*x), px(*y))).collect()
}

fn points((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / FINE, f64::from(y) / FINE)
}

fn colour(color: BackendColor) -> Colour {
    Colour(color.rgb.0, color.rgb.1, color.rgb.2)
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Shapes {
    fn push(&mut self, color: BackendColor, shape: Shape) -> Drawn {
        if color.alpha > 0.0 {
            self.shapes.borrow_mut().push(shape);
        }
        Ok(())
    }

    fn lines<S: BackendStyle>(&mut self, points: Vec<(f64, f64)>, style: &S) -> Drawn {
        let width = f64::from(style.stroke_width()) / FINE;
        let shape = Shape::Line { points, width, colour: colour(style.color()), dash: self.dash.get() };
        self.push(style.color(), shape)
    }
}

impl DrawingBackend for Shapes {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let (x, y) = points(point);
        let side = 1.0 / FINE;
        let points = vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        self.push(color, Shape::Area { points, fill: colour(color) })
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.lines(vec![points(from), points(to)], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, one: BackendCoord, other: BackendCoord, style: &S, fill: bool) -> Drawn {
        let ((left, top), (right, bottom)) = (points(one), points(other));
        let mut corners = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.push(style.color(), Shape::Area { points: corners, fill: colour(style.color()) });
        }
        corners.push((left, top));
        self.lines(corners, style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.lines(path.into_iter().map(points).collect(), style)
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, _fill: bool) -> Drawn {
        let radius = f64::from(radius) / FINE;
        self.push(style.color(), Shape::Dot { centre: points(centre), radius, fill: colour(style.color()) })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points = path.into_iter().map(points).collect();
        self.push(style.color(), Shape::Area { points, fill: colour(style.color()) })
    }

    /// The place given is on the baseline; nothing here is turned or measured with the host's fonts.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            Held::Left => Anchor::Start,
            Held::Center => Anchor::Middle,
            Held::Right => Anchor::End,
        };
        let shape = Shape::Text {
            at: points(at),
            size: style.size() / FINE,
            bold: matches!(style.style(), Face::Bold),
            colour: colour(style.color()),
            anchor,
            text: text.to_string(),
        };
        self.push(style.color(), shape)
    }
}
