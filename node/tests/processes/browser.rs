//! A browser without a window, driven over its driver's own protocol (W3C WebDriver: JSON over HTTP).

use super::http::ask;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

/// The key that the protocol has for an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// `None` where there is no driver on this machine.
    pub(crate) fn open() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let driver = std::env::split_paths(&path).map(|path| path.join("chromedriver")).find(|path| path.exists())?;
        let mut driver =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut lines = BufReader::new(driver.stdout.take()?).lines().map_while(Result::ok);
        let started =
            |line: String| line.split("started successfully on port ").nth(1)?.trim_end_matches('.').parse().ok();
        let port = lines.find_map(started)?;
        // It says more, and must not meet a closed pipe.
        std::thread::spawn(|| lines.for_each(drop));
        let mut browser = Self { driver, port, session: String::new() };
        // As root, and in a container, there is no sandbox and little shared memory to be had.
        let args =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1500"];
        let options = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": args}}}});
        let opened = browser.post("/session", &options);
        opened["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        Some(browser)
    }

    pub(crate) fn go(&self, url: &str) {
        self.command("/url", &json!({"url": url}));
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.command("/execute/sync", &json!({"script": format!("return {expression}"), "args": []}))
    }

    /// Waits until an expression in the page is true.
    pub(crate) fn wait(&self, expression: &str) {
        for _ in 0..600 {
            if self.value(expression) == Value::Bool(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("never true: {expression}\n{}", self.value("document.body.innerText"));
    }

    /// Presses a button as a mouse does, which takes one that is in sight and not covered.
    pub(crate) fn click(&self, css: &str) {
        let element = self.find(css);
        self.command(&format!("/element/{element}/click"), &json!({}));
    }

    /// Presses the enter key on an element.
    pub(crate) fn enter(&self, css: &str) {
        let element = self.find(css);
        self.command(&format!("/element/{element}/value"), &json!({"text": "\u{e007}"}));
    }

    /// Makes the window so wide, and prefers such colours.
    pub(crate) fn look(&self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &scheme);
    }

    /// A picture of the whole page, in base64; where `QUORATE_SCREENSHOTS` names a directory, it is kept there.
    pub(crate) fn picture(&self, name: &str) {
        let Some(directory) = std::env::var_os("QUORATE_SCREENSHOTS") else { return };
        let shot = self.devtools("Page.captureScreenshot", &json!({"captureBeyondViewport": true}));
        let file = PathBuf::from(directory).join(format!("{name}.png.base64"));
        std::fs::write(Path::new(&file), shot["data"].as_str().unwrap()).unwrap();
    }

    fn find(&self, css: &str) -> String {
        let found = self.command("/element", &json!({"using": "css selector", "value": css}));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn devtools(&self, cmd: &str, params: &Value) -> Value {
        self.command("/goog/cdp/execute", &json!({"cmd": cmd, "params": params}))
    }

    fn command(&self, path: &str, body: &Value) -> Value {
        self.post(&format!("/session/{}{path}", self.session), body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let host = format!("127.0.0.1:{}", self.port);
        let headers = [("Host", host.as_str()), ("Content-Type", "application/json")];
        let answer = ask(self.port, "POST", path, &headers, &body.to_string());
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.body);
        serde_json::from_str::<Value>(&answer.body).unwrap()["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            let host = format!("127.0.0.1:{}", self.port);
            ask(self.port, "DELETE", &format!("/session/{}", self.session), &[("Host", &host)], "");
        }
        // The driver ends its browser with it.
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_raw(i32::try_from(self.driver.id()).unwrap()).unwrap(),
            rustix::process::Signal::TERM,
        );
        let _ = self.driver.wait();
    }
}
