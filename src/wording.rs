//! Wording: numbers, dates, shares and plurals as text: the same in every format, chart and mail.
