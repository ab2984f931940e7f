//! The demo's page: its port pressed directly, and its buttons pressed in a browser.

use super::browser::Browser;
use super::cluster::BINARY;
use super::http::{Answer, ask};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Demo {
    child: Child,
    url: String,
    port: u16,
    token: String,
}

impl Demo {
    fn start() -> Self {
        let mut command = Command::new(BINARY);
        command.arg("demo").env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let url = told.find_map(|line| line.strip_prefix("In a browser: ").map(str::to_owned)).unwrap();
        std::thread::spawn(|| told.for_each(drop));
        let (address, token) = url.split_once("/#").unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, token: token.to_owned(), url }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        ask(self.port, method, path, &[("Host", &host), ("X-Quorate-Token", &self.token)], body)
    }

    fn act(&self, line: &str) -> (u16, String) {
        let answer = self.ask("POST", "/act", line);
        (answer.status, answer.body.trim().to_owned())
    }

    fn state(&self) -> Value {
        serde_json::from_str(&self.ask("GET", "/state", "").body).unwrap()
    }

    fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) {
        for _ in 0..600 {
            if holds(&self.state()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never: {what}\n{:#}", self.state());
    }

    fn quit(&mut self) {
        self.child.stdin.take().unwrap().write_all(b"quit\n").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_the_page_asks_for() {
    let mut demo = Demo::start();
    let page = demo.ask("GET", "/", "");
    assert!(page.status == 200 && page.body.contains("<title>Quorate demo</title>"));
    assert!(!page.body.contains(&demo.token) && !page.body.contains("NONCE"), "the page holds nothing of this run");
    let policy = page.head.iter().find(|line| line.starts_with("content-security-policy: ")).unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(demo.act("load on"), (200, "the load is on".to_owned()));
    assert_eq!(demo.act("kill 2").0, 200);
    assert_eq!(demo.act("kill 2"), (409, "node 2 does not run; start 2 starts it".to_owned()));
    assert_eq!(demo.act("partition 1|2,3").0, 200);
    let state = demo.state();
    assert_eq!(state["nodes"][1]["state"], "dead");
    assert_eq!(state["links"][0]["condition"], "cut");
    assert_eq!((demo.act("heal").0, demo.act("start 2").0, demo.act("slow 3 20ms").0), (200, 200, 200));
    demo.wait("a verdict on writes with node 2 gone", |state| {
        state["judgement"]["word"] == "linearizable" && state["judgement"]["operations"].as_u64() > Some(50)
    });
    demo.wait("keys with their ballots", |state| state["keys"][0]["replicas"][0]["promised"].is_string());
    assert_eq!(demo.state()["events"].as_array().unwrap().len(), 6, "each thing that was done, and no refusal");
    for line in ["", "kill", "kill 2 3", "quit", "put a b", "status", "bogus", "kill 99999999", "load maybe"] {
        assert_eq!(demo.act(line).0, 400, "{line}");
    }
    assert_eq!(demo.act(&format!("kill {}1", " ".repeat(300))).0, 400, "a body is bounded");
    assert_eq!(demo.act("kill 7").0, 409);
    demo.quit();
}

#[test]
fn strangers_get_nothing() {
    let mut demo = Demo::start();
    let (own, token) = (format!("127.0.0.1:{}", demo.port), demo.token.clone());
    let get = |headers: &[(&str, &str)]| ask(demo.port, "GET", "/state", headers, "").status;
    assert_eq!(get(&[("Host", &own), ("X-Quorate-Token", &token)]), 200);
    assert_eq!(get(&[("Host", &own)]), 403, "no token");
    assert_eq!(get(&[("Host", &own), ("X-Quorate-Token", "0")]), 403);
    let rebound = format!("evil.example:{}", demo.port);
    assert_eq!(get(&[("Host", &rebound), ("X-Quorate-Token", &token)]), 403, "another name for this address");
    let foreign = [("Host", own.as_str()), ("Origin", "http://evil.example"), ("X-Quorate-Token", &token)];
    assert_eq!(ask(demo.port, "POST", "/act", &foreign, "kill 1").status, 403, "another site's page");
    assert_eq!(ask(demo.port, "GET", "/", &[("Host", &rebound)], "").status, 403);
    assert_eq!(demo.ask("GET", "/act", "").status, 405);
    assert_eq!(demo.ask("OPTIONS", "/act", "").status, 405, "no other site may ask what it may");
    assert_eq!(demo.ask("GET", "/nothing", "").status, 404);
    assert_eq!(demo.state()["nodes"][0]["state"], "up");
    // More connections than there are places: they wait, and nobody is the worse for it.
    let idle: Vec<_> = (0..14).map(|_| std::net::TcpStream::connect(("127.0.0.1", demo.port)).unwrap()).collect();
    assert_eq!(get(&[("Host", &own), ("X-Quorate-Token", &token)]), 200);
    drop(idle);
    demo.quit();
}

#[test]
fn buttons_in_a_browser() {
    let Some(browser) = Browser::open() else {
        eprintln!("no chromedriver on this machine: the page's buttons are not pressed in a browser");
        return;
    };
    let mut demo = Demo::start();
    browser.look(1400, "light");
    browser.go(&demo.url.replace('#', "#x"));
    browser.wait("!document.getElementById('gone').hidden");
    assert!(browser.value("document.getElementById('gone').innerText").as_str().unwrap().contains("demo printed"));
    // The same address but for what follows the # is no new page.
    browser.go("about:blank");
    browser.go(&demo.url);
    let states = |node: usize| format!("document.querySelectorAll('#nodes .state')[{}].innerText", node - 1);
    let is = |node: usize, state: &str| browser.wait(&format!("{} === '{state}'", states(node)));
    (1..=3).for_each(|node| is(node, "up"));
    browser.picture("1-start-light");
    browser.click("#load");
    browser.wait("document.getElementById('verdict').classList.contains('linearizable')");
    browser.wait("document.getElementById('load').innerText === 'Turn the load off'");
    browser.wait("Number(document.querySelector('#reads').childNodes[0].data) > 0");
    browser.wait("document.querySelectorAll('#keys tr').length >= 9");

    browser.click("#power2");
    is(2, "dead");
    browser.wait("document.getElementById('power2').innerText === 'Start'");
    browser.wait("document.getElementById('ice2').disabled");
    let before = demo.state()["operations"].as_u64().unwrap();
    demo.wait("the load goes on without node 2", |state| state["operations"].as_u64().unwrap() > before + 20);
    browser.wait("document.querySelector('#after th').innerText === 'kill 2'");
    browser.picture("2-killed-light");
    browser.click("#power2");
    is(2, "up");

    browser.click("#ice3");
    is(3, "frozen");
    browser.click("#ice3");
    is(3, "up");

    browser.click("#part1");
    browser.wait("document.querySelectorAll('.link.cut').length === 2");
    assert_eq!(browser.value("document.getElementById('map-text').textContent.includes('the link 1-2 is cut')"), true);
    browser.look(1400, "dark");
    browser.picture("3-partition-dark");
    browser.enter("#heal");
    browser.wait("document.querySelectorAll('.link.cut').length === 0");
    browser.click("#slow2");
    browser.wait("document.querySelectorAll('.link.slow').length === 2");

    let judged = demo.state()["judgement"]["operations"].as_u64().unwrap();
    demo.wait("more is judged", |state| state["judgement"]["operations"].as_u64().unwrap() > judged);
    browser.wait("document.getElementById('word').innerText === 'Linearizable so far'");
    browser.wait("document.getElementById('judged').innerText.includes('from the start to')");
    for scheme in ["light", "dark"] {
        browser.look(400, scheme);
        let fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(browser.value(fits), true, "nothing is cut off on a narrow screen");
        browser.picture(&format!("4-narrow-{scheme}"));
    }
    assert_eq!(browser.value("[...document.querySelectorAll('button')].every(one => one.innerText.trim())"), true);
    browser.click("#load");
    browser.wait("document.getElementById('load').innerText === 'Turn the load on'");
    demo.quit();
    browser.wait("document.getElementById('gone').innerText.includes('has ended')");
    browser.picture("5-ended");
}
