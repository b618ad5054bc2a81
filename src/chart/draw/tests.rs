//! Tests of drawing: what every picture must hold, whatever its data.
