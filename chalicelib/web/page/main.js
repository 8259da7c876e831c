// Starts the page: the session first, then the screen that the address names.
import { html, render, useEffect, useRef } from "./vendor/preact.js";
import { Account } from "./account.js";
import { Ask } from "./ask.js";
import { EveningDoor } from "./evening_door.js";
import { ageLimit } from "./family.js";
import { Film } from "./film.js";
import { FirstMinuteDoor } from "./first_minute_door.js";
import { Forgotten } from "./forgotten.js";
import { Home } from "./home.js";
import { FilmMenu } from "./actions.js";
import { Later } from "./later.js";
import { loadRatings, sendKept } from "./rate.js";
import { MyRatings } from "./my_ratings.js";
import { Empty, Failed } from "./notices.js";
import { route } from "./router.js";
import { Search } from "./search.js";
import { session, startSession } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign_in.js";
import { useStore } from "./state.js";
import { OperatorDoor } from "./operator_door.js";
import { Messages } from "./messages.js";
import { showTheme } from "./theme.js";
import { language, t } from "./words.js";

const PRIVATE = ["ask", "later", "mine", "account", "operator"];

function App() {
  const { state } = useStore(session);
  const { name, id } = useStore(route);
  useStore(language); // every text on the page is drawn anew
  const limit = useStore(ageLimit);
  const screen = screenOf(state, name);
  useEffect(() => {
    const key = { "sign-in": "sign_in", film: "search" }[screen] ?? screen;
    document.title = `${t(key)} · ${t("brand")}`;
  }, [screen, language.get()]);
  useFocusOnChange(`${screen}/${screen === "film" ? id : ""}`);
  return html`<${Shell}><${Screen} screen=${screen} id=${id} limit=${limit} /><//><${FilmMenu} /><${Messages} />`;
}

function screenOf(state, name) {
  if (name === "film" || name === "search" || ((name === "start" || name === "evening") && state !== "starting")) return name;
  if (state === "starting") return "starting";
  if (state === "unreachable") return "unreachable";
  if (name === "forgotten") return state === "in" ? "home" : name;
  if (name === "register") return state === "in" ? "home" : "register";
  if (name === "sign-in" || (name === "home" && state === "out")) return state === "in" ? "home" : name === "home" ? "register" : "sign-in";
  if (PRIVATE.includes(name)) return state === "in" ? name : "sign-in";
  return name === "home" ? "home" : "missing";
}

function Screen({ screen, id, limit }) {
  switch (screen) {
    case "starting":
      return html`<div class="starting" aria-busy="true"></div>`;
    case "unreachable":
      return html`<${Failed} error=${{ status: 0 }} onRetry=${startSession} />`;
    case "register":
    case "sign-in":
      return html`<${SignIn} isNew=${screen === "register"} />`;
    case "forgotten":
      return html`<${Forgotten} />`;
    case "start":
      return html`<${FirstMinuteDoor} />`;
    case "evening":
      return html`<${EveningDoor} code=${id} />`;
    case "home":
      return html`<${Home} />`;
    case "ask":
      return html`<${Ask} key=${`${language.get()}/${limit}`} />`;
    case "search":
      return html`<${Search} key=${`${language.get()}/${limit}`} />`;
    case "film":
      return html`<${Film} key=${id} id=${id} />`;
    case "later":
      return html`<${Later} key=${`${language.get()}/${limit}`} />`;
    case "mine":
      return html`<${MyRatings} key=${language.get()} />`;
    case "account":
      return html`<${Account} />`;
    case "operator":
      return html`<${OperatorDoor} />`;
    default:
      return html`<h1 class="sr-only">${t("not_found_title")}</h1><${Empty} title=${t("not_found_title")} text=${t("not_found")}><a class="button" href="#/">${t("to_home")}</a><//>`;
  }
}

/** A new screen takes the focus, or a screen reader stays behind on the old one. Not on the very first one. */
function useFocusOnChange(place) {
  const last = useRef(null);
  useEffect(() => {
    const wasStarting = last.current === null || last.current.startsWith("starting");
    if (!wasStarting && last.current !== place) document.getElementById("main").focus({ preventScroll: true });
    last.current = place;
  }, [place]);
}

let lastState = session.get().state;
session.watch(() => {
  const { state } = session.get();
  if (state === "in" && lastState !== "in") sendKept().then(loadRatings).catch(() => {}); // cards show no marks until the next visit
  lastState = state;
});

document.documentElement.lang = language.get();
showTheme();
render(html`<${App} />`, document.getElementById("app"));
startSession();
