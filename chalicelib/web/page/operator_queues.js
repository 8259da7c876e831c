// What waits, and what no worker could handle: to be looked at, and sent back to work.
import { html, useState } from "./vendor/preact.js";
import { api } from "./api.js";
import { tell } from "./messages.js";
import { errorText } from "./notices.js";
import { Facts } from "./operator_charts.js";
import { momentText, useStatus } from "./operator_today.js";
import { numberText, t } from "./words.js";

export function QueuesView() {
  const [instead, status, again] = useStatus();
  if (!status) return instead;
  return html`<p class="op-at">${t("op_at", { when: momentText(status.at) })} <button class="link-button" onClick=${again}>${t("op_again")}</button></p>
    <ul class="panels op-panels">${Object.entries(status.queues).map(([name, queue]) => html`<${QueuePanel} key=${name} name=${name} queue=${queue} onSent=${again} />`)}</ul>`;
}

function QueuePanel({ name, queue, onSent }) {
  const [letters, setLetters] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const path = `v1/operator/queues/${name}/dead-letters`;
  const during = (work) => async () => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      tell(errorText(error), { isError: true });
    }
    setBusy(false);
  };
  const look = during(async () => setLetters((await api("GET", path, { signedIn: true })).letters));
  const send = during(async () => {
    const { sent } = await api("POST", `${path}/redrive`, { signedIn: true });
    tell(t("op_sent", { n: sent }));
    onSent();
  });
  const age = queue.oldest_seconds === null ? null : t("op_seconds", { n: queue.oldest_seconds });
  return html`<li class=${`panel op-queue ${queue.dead ? "has-dead" : ""}`} data-queue=${name}>
    <h2>${t(`op_queue_${name}`)}</h2>
    <${Facts} facts=${[[t("op_waiting"), numberText(queue.waiting)], [t("op_oldest"), age], [t("op_dead"), numberText(queue.dead)]]} />
    ${queue.dead > 0 && html`<p class="dialog-buttons">
      <button class="button" disabled=${isBusy} onClick=${look} aria-label=${`${t("op_look")}: ${t(`op_queue_${name}`)}`}>${t("op_look")}</button>
      <button class="button button-main" disabled=${isBusy} onClick=${send} aria-label=${`${t("op_send_again")}: ${t(`op_queue_${name}`)}`}>${t("op_send_again")}</button>
    </p>`}
    ${letters && html`<ul class="op-letters">${letters.map(
      (one) => html`<li key=${one.message_id}><span>${momentText(one.sent_at)}</span><span>${t("op_received", { n: one.receives })}</span><code>${one.reason ?? t("op_no_reason")}</code></li>`,
    )}</ul>`}
  </li>`;
}
