/** The shapes of answers, generated from the description of the API. */
import type { components } from "./openapi";

type Schemas = components["schemas"];
export type Id = string;
export type Problem = Schemas["Problem"];
