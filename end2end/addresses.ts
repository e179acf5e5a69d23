import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "./api.ts";
import { ROOT } from "./server.ts";

/** A page to look at; the one list for the journeys that look at all of them and for the pictures. */
export interface Address {
  /** What pictures of it are called; no other address has it. */
  name: string;
  /** Where it is, with its query. */
  path: string;
}

/** What the server says of the pages that tell of what is not to be had; all others are there. */
const REFUSED: Record<string, number> = {
  "not-found": 404,
  "not-found-cy": 404,
  "embed-nothing": 404,
  "embed-nothing-cy": 404,
  "nothing-here": 404,
  forbidden: 403,
  "too-many": 429,
  "too-late": 504,
};

/** The status that a page is answered with. */
export function statusOf({ name }: Address): number {
  return REFUSED[name] ?? 200;
}

/** The seeded people whose pages are looked at, each with what they may open. */
export type Person = "editor" | "approver" | "operator" | "admin";

const CPIH = "/catalogue/cpih-selected-months";
const DEATHS = "/catalogue/under-five-mortality";
const SERIES = "editions/time-series";

/** The public pages in English, by what they are called; each has a Welsh one under `/cy`. */
const PUBLIC: Record<string, string> = {
  home: "/",
  search: "/search?q=prices",
  "search-all": "/search",
  "search-filtered": "/search?q=inflation&topics=housing",
  "search-nothing": "/search?q=qqqqzzzz",
  topics: "/topics",
  topic: "/topics/economy",
  dataset: DEATHS,
  "dataset-one-column": CPIH,
  "dataset-long": "/catalogue/air-passengers-and-freight",
  edition: `${DEATHS}/${SERIES}`,
  version: `${CPIH}/${SERIES}/versions/1`,
  "version-earlier": `${DEATHS}/${SERIES}/versions/1`,
  explore: `${CPIH}/${SERIES}/versions/1/explore`,
  embed: `/embed/greenhouse-gas-emissions/${SERIES}/versions/1?chart=multiples&by=Gas`,
  "embed-table": `/embed/cpih-selected-months/${SERIES}/versions/1?view=table`,
  "embed-nothing": "/embed/no-such-dataset/editions/time-series/versions/1",
  compare: `${DEATHS}/${SERIES}/compare`,
  "compare-same": `${DEATHS}/${SERIES}/compare?from=2&to=2`,
  quality: `${DEATHS}/quality`,
  register: "/catalogue",
  "register-letter": "/catalogue?letter=X",
  list: "/list?dataset=under-five-mortality&dataset=cpih-selected-months&q=prices",
  "list-empty": "/list",
  releases: "/releases",
  "releases-published": "/releases?view=published",
  "releases-month": "/releases?view=month",
  "release-published": "/releases/quarterly-national-accounts",
  "release-confirmed": "/releases/greenhouse-gas-emissions-and-carbon-footprint",
  "release-postponed": "/releases/road-deaths-united-kingdom",
  "release-cancelled": "/releases/local-travel-survey",
  "publication-log": "/publication-log",
  corrections: "/corrections",
  "corrections-none": "/corrections?year=1999",
  feeds: "/feeds",
  developers: "/developers",
  "developers-group": "/developers/datasets",
  subscribe: "/subscribe",
  "subscribe-dataset": "/subscribe?dataset=cpih-selected-months",
  "subscribe-search": "/subscribe?search=q%3Drainfall%26formats%3Dcsv",
  "subscribe-sent": "/subscribe/sent",
  "subscribe-confirm": "/subscribe/confirm",
  "subscribe-confirmed": "/subscribe/confirmed",
  "subscribe-manage": "/subscribe/manage",
  "subscribe-ended": "/subscribe/ended",
  feedback: `/feedback?page=${DEATHS}`,
  "feedback-sent": "/feedback/sent",
  help: "/help",
  about: "/about",
  accessibility: "/accessibility",
  cookies: "/cookies",
  privacy: "/privacy",
  terms: "/terms",
  contact: "/contact",
  status: "/status",
  "not-found": "/catalogue/no-such-dataset",
};

/** The pages around signing in, in English alone. */
const ENTRANCE: Record<string, string> = {
  "sign-in": "/account/sign-in",
  forgotten: "/account/forgotten",
  reset: "/account/reset",
  "first-time": "/account/first-time/ended",
};

const STATES = ["created", "in_progress", "ready_for_review", "approved", "scheduled", "published", "failed"];
const ROAD = "/admin/datasets/road-traffic-death-rate/editions/time-series/versions/3";

/** The portal's pages whose addresses are always the same, by who looks. */
const PORTAL: Record<Person, Record<string, string>> = {
  editor: {
    dashboard: "/admin",
    datasets: "/admin/datasets",
    "datasets-none": "/admin/datasets?q=qqqqzzzz",
    files: "/admin/files",
    "files-none": "/admin/files?q=qqqqzzzz",
    "datasets-narrowed": "/admin/datasets?issue=no_next_release&sort=next_release",
    "dataset-new": "/admin/datasets/new",
    "dataset-edit": "/admin/datasets/cpih-selected-months",
    "edition-desk": "/admin/datasets/road-traffic-death-rate/editions/time-series",
    "version-edit": ROAD,
    "version-new": "/admin/datasets/road-traffic-death-rate/editions/time-series/versions/new",
    "version-step-files": `${ROAD}/prepare/files`,
    "version-step-details": `${ROAD}/prepare/details`,
    "version-step-checks": `${ROAD}/prepare/checks`,
    "version-step-submit": `${ROAD}/prepare/submit`,
    "bundle-new": "/admin/bundles/new",
    "bundles-share": "/admin/bundles/share",
    "bundles-none": "/admin/bundles?q=qqqqzzzz",
    imports: "/admin/imports",
    "release-new": "/admin/releases/new",
    forbidden: "/admin/users",
    "nothing-here": "/admin/bundles/no-such-bundle",
    account: "/account",
    "account-notifications": "/account/notifications",
    "account-tokens": "/account/tokens",
    "account-activity": "/account/activity",
    notifications: "/admin/notifications",
    "recovery-codes": "/account/recovery-codes",
    "help-portal": "/admin/help",
    "guide-editors": "/admin/help/editors",
  },
  approver: {
    "dashboard-approver": "/admin",
    review: "/admin/review",
    "review-unclaimed": "/admin/review?claim=unclaimed&sort=newest",
    "version-review": "/admin/datasets/under-five-mortality/editions/time-series/versions/3",
    "version-details": `${ROAD}?tab=details`,
    "version-data": `${ROAD}?tab=data`,
    "version-files": `${ROAD}?tab=files`,
    "version-all": `${ROAD}?tab=all`,
    bundles: "/admin/bundles",
    "bundles-board": "/admin/bundles?view=board",
    "bundles-calendar": "/admin/bundles?view=calendar",
    "bundles-week": "/admin/bundles?view=week",
    "bundles-reschedule": "/admin/bundles/reschedule",
    queue: "/admin/queue",
    "releases-admin": "/admin/releases",
    "release-admin": "/admin/releases/energy-prices-monthly",
    "corrections-admin": "/admin/corrections",
    "correction-new": "/admin/corrections/new?q=mortality",
    "correction-version": "/admin/corrections/new?dataset=under-five-mortality",
    "correction-words":
      "/admin/corrections/new?dataset=under-five-mortality&edition=time-series&version=1&kind=correction&severity=major&description=Wrong.",
    "correction-figures":
      "/admin/corrections/new?dataset=under-five-mortality&edition=time-series&version=1&figures=yes&description=Wrong.&description_cy=Anghywir.",
  },
  operator: {
    operations: "/ops",
    health: "/ops/health",
    "queue-desk": "/ops/queue",
    publications: "/ops/publications",
    recovery: "/ops/failures",
    alerts: "/ops/alerts",
    "alerts-resolved": "/ops/alerts?state=resolved&severity=p1",
    "file-queue": "/ops/files",
    integrations: "/ops/integrations",
    performance: "/ops/performance",
    "search-index": "/ops/search-index?dataset=cpih-selected-months",
    limits: "/ops/limits",
    database: "/ops/database",
    logs: "/ops/logs?level=info",
    runbook: "/ops/runbook",
    "feedback-inbox": "/admin/feedback",
    archive: "/admin/archive",
  },
  admin: {
    people: "/admin/users",
    "person-new": "/admin/users/new",
    teams: "/admin/teams",
    team: "/admin/teams/press-office",
    departments: "/admin/departments",
    department: "/admin/departments/economy",
    roles: "/admin/roles",
    tokens: "/admin/service-tokens",
    webhooks: "/admin/webhooks",
    subscribers: "/admin/subscribers",
    "topics-admin": "/admin/topics",
    "search-desk": "/admin/search?q=cpi",
    synonyms: "/admin/search/synonyms",
    "synonyms-new": "/admin/search/synonyms/new?words=co2%0Acarbon+dioxide&q=co2",
    "synonyms-one": "/admin/search/synonyms/built-in-cpi-inflation",
    "topic-admin": "/admin/topics/economy",
    audit: "/admin/audit",
    settings: "/admin/settings",
  },
};

/** What is said at any address while something is wrong; here at addresses that nothing else has, for the pictures alone. */
export const SAID_ANYWHERE = [
  { name: "too-many", path: "/said/too-many" },
  { name: "too-late", path: "/said/too-late" },
] as const;

/** Pages that stand between two steps, with the journey that looks at each; `pictures/templates.spec.ts` goes there, too. */
export const BETWEEN_STEPS: Record<string, string> = {
  "/account/second-step": "journeys/accounts.spec.ts",
  "/account/second-factor": "journeys/accounts.spec.ts",
  "/admin/imports/:id": "journeys/imports.spec.ts",
  "/outputs/:id": "journeys/explore.spec.ts",
  "/cy/outputs/:id": "journeys/explore.spec.ts",
};

function listed(pages: Record<string, string>): Address[] {
  return Object.entries(pages).map(([name, path]) => ({ name, path }));
}

/** Every public page in English, with those around signing in. */
export function inEnglish(): Address[] {
  return listed({ ...PUBLIC, ...ENTRANCE });
}

/** Every public page in Welsh. */
export function inWelsh(): Address[] {
  return listed(PUBLIC).map(({ name, path }) => ({ name: `${name}-cy`, path: path === "/" ? "/cy" : `/cy${path}` }));
}

interface Page<T> {
  items: T[];
}

/** Every page of the portal by who looks; bundles, people, incidents and webhooks are asked for, since seeding gives them their ids. */
export async function ofPortal(api: Api): Promise<Map<Person, Address[]>> {
  const pages = new Map(Object.entries(PORTAL).map(([who, all]) => [who as Person, listed(all)]));
  const add = (who: Person, name: string, path: string) => pages.get(who)?.push({ name, path });
  for (const state of STATES) {
    const { id } = await api.bundleIn(state);
    const word = state.replaceAll("_", "-");
    add("approver", `bundle-${word}`, `/admin/bundles/${id}`);
    if (state === "scheduled") add("approver", "bundle-history", `/admin/bundles/${id}/timeline`);
    if (state === "scheduled") add("approver", "bundles-reschedule", `/admin/bundles/reschedule?chosen=${id}`);
    if (state === "in_progress") add("editor", "bundles-share-chosen", `/admin/bundles/share?chosen=${id}`);
    if (state === "created" || state === "in_progress") add("editor", `bundle-${word}-add`, `/admin/bundles/${id}/contents/add`);
    if (state === "scheduled") {
      const { items } = await api.send<Page<{ id: string }>>("GET", `/v1/bundles/${id}/contents?limit=1`);
      for (const part of ["page", "explore", "compare", "quality"]) {
        const path = `/admin/bundles/${id}/preview/${items[0]?.id}/${part}`;
        add("approver", `preview-${part}`, path);
        add("approver", `preview-${part}-cy`, `/cy${path}`);
      }
    }
    for (const part of state === "created" ? ["approve"] : ["approve", "preview", "schedule", "publication"]) {
      add("approver", `bundle-${word}-${part}`, `/admin/bundles/${id}/${part}`);
    }
  }
  for (const part of ["page", "explore", "compare", "quality"]) {
    add("editor", `version-preview-${part}`, `${ROAD}/preview/${part}`);
    add("editor", `version-preview-${part}-cy`, `/cy${ROAD}/preview/${part}`);
  }
  const release = PUBLIC["release-confirmed"];
  const { bundle_id } = await api.send<{ bundle_id: string }>("GET", `/v1${release}`);
  for (const part of ["release", "calendar"]) {
    const path = `/admin/bundles/${bundle_id}/preview/${part}`;
    add("approver", `preview-${part}`, path);
    add("approver", `preview-${part}-cy`, `/cy${path}`);
  }
  const people = await api.send<Page<{ id: string; email: string }>>("GET", "/v1/users?limit=100");
  const editor = people.items.find(({ email }) => email === "second-editor@example.org");
  add("admin", "person", `/admin/users/${editor?.id}`);
  const incidents = await api.send<Page<{ id: string }>>("GET", "/v1/incidents?limit=1");
  const asked = { title: "A receiver is silent", severity: "p3" };
  const incident = incidents.items[0] ?? (await api.send<{ id: string }>("POST", "/v1/incidents", asked));
  add("operator", "incident", `/ops/incidents/${incident.id}`);
  const hook = { url: "https://example.org/hooks/catalogue", description: "The press office’s notice board" };
  const { items } = await api.send<Page<{ id: string }>>("GET", "/v1/webhooks?limit=1");
  const { id } = items[0] ?? (await api.send<{ id: string }>("POST", "/v1/webhooks", hook));
  add("admin", "webhook", `/admin/webhooks/${id}`);
  return pages;
}

/** The shapes of the addresses that the program has pages for, such as `/topics/:id`. */
export function templates(): string[] {
  const source = readFileSync(join(ROOT, "app", "src", "addresses.rs"), "utf8");
  return [...source.matchAll(/path!\("([^"]+)"\)/g)].map((found) => found[1] ?? "");
}

/** The template that answers at a path: of those that fit, the one that leaves least open. */
export function templateOf(path: string, all: string[]): string | undefined {
  const words = (path.split("?")[0] ?? "").split("/");
  const open = (template: string) => template.split("/").filter((word) => word.startsWith(":")).length;
  const fits = (template: string) => {
    const parts = template.split("/");
    return parts.length === words.length && parts.every((part, i) => part.startsWith(":") || part === words[i]);
  };
  return all.filter(fits).sort((one, other) => open(one) - open(other))[0];
}
