//! Settings of the daemon: how often it looks, and where it answers about its health.

use super::amount::{SECONDS, amount};
use super::read::yes_or_no;
use crate::written::{Node, Reader};
use std::net::SocketAddr;

/// How the daemon works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeSettings {
    /// Seconds from one look at definitions, folders of arriving files and the wall clock to the next.
    pub poll: u64,
    /// Where `/health` and `/metrics` are answered; `None`: nowhere.
    pub listen: Option<SocketAddr>,
}

impl Default for ServeSettings {
    fn default() -> Self {
        ServeSettings { poll: 30, listen: None }
    }
}

pub(super) fn serve<'a>(reader: &Reader<'a>, node: &'a Node) -> ServeSettings {
    let mut settings = ServeSettings::default();
    let Some(fields) = reader.fields(node, &["poll", "listen", "listen_beyond_this_machine"]) else { return settings };
    if let Some(node) = fields.get("poll")
        && let Some(poll) = amount(reader, node, SECONDS, 1..=3600, "a time from 1 second to 1 hour, as in `30s`")
    {
        settings.poll = poll;
    }
    let beyond = fields.get("listen_beyond_this_machine").and_then(|node| yes_or_no(reader, node)).unwrap_or_default();
    if let Some(node) = fields.get("listen") {
        match node.as_text().and_then(|text| text.parse::<SocketAddr>().ok()) {
            Some(address) if address.ip().is_loopback() || beyond => settings.listen = Some(address),
            Some(address) => reader.problem(
                node.at,
                format!("{address} can be reached from other machines, and tells everybody how the reports stand"),
                "Write `127.0.0.1:9464`, or add `listen_beyond_this_machine: yes`",
            ),
            None => reader.wrong(node, "an address of this machine with a port, as in `127.0.0.1:9464`"),
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn problems(text: &str) -> Vec<String> {
        Config::read(text, "q.yaml").unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn it_is_read_and_has_defaults() {
        assert_eq!(Config::read("organisation: X", "q.yaml").unwrap().serve.poll, 30);
        let serve = Config::read("serve: { poll: 5s, listen: \"127.0.0.1:9464\" }", "q.yaml").unwrap().serve;
        assert_eq!((serve.poll, serve.listen.unwrap().port()), (5, 9464));
    }

    #[test]
    fn beyond_the_machine_only_in_words() {
        let open = "serve: { listen: \"0.0.0.0:9464\" }";
        assert!(problems(open)[0].contains("can be reached from other machines"), "{:?}", problems(open));
        let said = "serve: { listen: \"0.0.0.0:9464\", listen_beyond_this_machine: yes }";
        assert!(Config::read(said, "q.yaml").unwrap().serve.listen.is_some());
        assert_eq!(problems("serve: { listen: here, poll: 0s }").len(), 2);
    }
}
