-- Version 4: what a daemon asks again and again is found without reading all editions of all years.
CREATE INDEX editions_by_status ON editions (status);
