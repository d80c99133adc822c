import type { Json } from "./json";
import type { Shape } from "./model";

/** What draws the value of one place gets. */
export interface Body<Kind extends Shape["kind"] = Shape["kind"]> {
  shape: Extract<Shape, { kind: Kind }>;
  value: Json | undefined;
  path: string;
  /** The id of the control that the label names. */
  id: string;
  /** The ids of what describes the control. */
  described: string | undefined;
  wrong: boolean;
  /** The name of the place. */
  name: string;
  /** What the control is called where no label names it. */
  label: string | undefined;
  change: (value: Json) => void;
}
