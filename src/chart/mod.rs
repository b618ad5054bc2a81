//! Chart: a picture of figures as a value, and how it is drawn.
