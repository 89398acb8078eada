//! A browser for one test.

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use mustcheck_testing::programs::find;
use serde_json::{Value, json};

use crate::support::Running;

/// Settings of a browser.
#[derive(Clone, Copy)]
pub struct Setup {
    pub language: &'static str,
    pub script: bool,
    pub width: u32,
}

pub const ENGLISH: Setup = Setup { language: "en-GB", script: true, width: 1366 };
pub const CHINESE: Setup = Setup { language: "zh-CN", ..ENGLISH };

/// Narrowest window of Chromium; a narrower screen is a phone's, which it plays.
const NARROWEST: u32 = 500;

/// The driver, which ends with the test.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a driver on a port that it chooses. If another program takes that port meanwhile, for
/// IPv4 or for IPv6, the driver ends: then another is started.
fn driver() -> (Driver, u16) {
    (0..10).find_map(|_| try_driver()).expect("a driver that listens")
}

fn try_driver() -> Option<(Driver, u16)> {
    let driver = find("chromedriver").expect("a test in a browser begins with `needs!`");
    let mut child = Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let driver = Driver(child);
    let port = lines.by_ref().find_map(|line| {
        let line = line.unwrap();
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    })?;
    // Its later output has to go somewhere.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}

/// A page in a browser.
pub struct Browser {
    pub client: Client,
    pub origin: String,
}

/// Runs a test in a browser, at the first page of a service.
pub fn browse<F: Future<Output = ()>>(
    service: &Running,
    setup: Setup,
    test: impl FnOnce(Browser) -> F,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (driver, port) = driver();
    runtime.block_on(async {
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            format!("--lang={}", setup.language),
            format!("--window-size={},900", setup.width),
        ];
        // Chromium has no sandbox for root, the usual user in a container.
        if is_root() {
            arguments.push("--no-sandbox".into());
        }
        let script = if setup.script { 1 } else { 2 };
        let mut options = json!({
            "args": arguments,
            "prefs": {
                "intl.accept_languages": setup.language,
                "profile.managed_default_content_settings.javascript": script,
            },
        });
        if setup.width < NARROWEST {
            // Pictures are of the whole page.
            let height = if pictures().is_some() { 8_000 } else { 844 };
            let metrics = json!({ "width": setup.width, "height": height, "pixelRatio": 1.0 });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("browserName".into(), json!("chrome"));
        capabilities.insert("goog:chromeOptions".into(), options);
        let url = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&url).await;
        let client = client.expect("a browser");
        let origin = format!("http://{}", service.address);
        client.goto(&origin).await.unwrap();
        test(Browser { client: client.clone(), origin }).await;
        client.close().await.unwrap();
    });
    drop(driver);
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

impl Browser {
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(Duration::from_secs(20));
        wait.for_element(Locator::Css(css)).await.unwrap_or_else(|e| panic!("`{css}`: {e}"))
    }

    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    pub async fn script(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Presses a key at the focus. Keys that are sent to an element focus it anew, and in a field
    /// for a day its first part: Tab would never leave it.
    pub async fn press(&self, key: Key) {
        let value = char::from(key);
        let keys = KeyActions::new("keyboard".into());
        let keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Types at the focus.
    pub async fn keys(&self, text: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(text).await.unwrap();
    }

    /// Presses Tab until the focus is on an element: it must be reachable without a mouse.
    pub async fn tab_to(&self, css: &str) {
        self.find(css).await;
        let there = format!("return document.activeElement.matches({})", json!(css));
        for _ in 0..150 {
            if self.script(&there).await == json!(true) {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("the focus does not get to `{css}`");
    }

    /// Goes to a field and types.
    pub async fn fill(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        self.keys(text).await;
    }

    /// Fills in a day, however the browser's language writes days.
    pub async fn fill_day(&self, css: &str, day: &str) {
        self.tab_to(css).await;
        let set = format!("document.querySelector({}).value = {}", json!(css), json!(day));
        self.script(&set).await;
    }

    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Signs in, with the keyboard.
    pub async fn sign_in(&self, token: &str) {
        self.fill("#token", token).await;
        self.press(Key::Enter).await;
        self.find("form[action='/sign-out']").await;
    }

    /// Keeps a picture, if somebody wants to look.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = pictures() else { return };
        let inner = self.script("return window.innerWidth").await;
        if inner.as_u64().is_some_and(|width| width < NARROWEST.into()) {
            let picture = self.client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
            return;
        }
        let (width, _) = self.client.get_window_size().await.unwrap();
        let height = self.script("return document.documentElement.scrollHeight + 120").await;
        let height = u32::try_from(height.as_u64().unwrap()).unwrap();
        let width = u32::try_from(width).unwrap();
        self.client.set_window_size(width, height.clamp(900, 12_000)).await.unwrap();
        let picture = self.client.screenshot().await.unwrap();
        self.client.set_window_size(width, 900).await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// Prints the page on A4, as PDF.
    pub async fn print(&self, name: &str) -> Vec<u8> {
        let pdf = self.client.print(Default::default()).await.unwrap();
        if let Some(folder) = pictures() {
            std::fs::write(folder.join(format!("{name}.pdf")), &pdf).unwrap();
        }
        pdf
    }
}

fn pictures() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("MUSTCHECK_SCREENSHOTS")?);
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

/// Number of pages of a PDF.
pub fn pages_of(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count()
}
