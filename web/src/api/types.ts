/** The shapes of answers, as the description of the API has them. */
import type { components, operations } from "./openapi";

type Schemas = components["schemas"];
export type Card = Schemas["Card"];
export type Flag = Schemas["FlagWords"];
export type Inbox = Schemas["Inbox"];
export type Me = Schemas["Me"];
export type Oversight = Schemas["Oversight"];
export type Node = Schemas["Node"];
export type Outcome = Page["choices"][number];
export type Page = Schemas["Page"];
export type Passkey = Schemas["Passkey"];
export type Passkeys = operations["list_passkeys"]["responses"][200]["content"]["application/json"];
export type Problem = Schemas["Problem"];
export type RunPage = Schemas["RunPage"];
export type Happening = Schemas["Happening"];
export type PushBrowser = Schemas["PushBrowser"];
export type PushBrowsers = operations["list_push_browsers"]["responses"][200]["content"]["application/json"];
export type Row = Schemas["Row"];
export type Stop = operations["list_stops"]["responses"][200]["content"]["application/json"]["items"][number];
export type Trial = operations["get_trial"]["responses"][200]["content"]["application/json"];
export type Wait = Schemas["Wait"];
export type Who = Schemas["Who"];
