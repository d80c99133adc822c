/** The shapes that the page reads. They give way to those generated from the description of the API. */
export interface Who { id: string; name: string }            // name is drawn text
export interface Row {
  id: string; v: number;                              // v: log position this row is of; larger wins
  rev: number; kind: "approval" | "exception" | "question"; cause: string;
  status: "open" | "claimed" | "decided" | "expired" | "withdrawn" | "superseded";
  risk: "critical" | "high" | "medium" | "low" | "unrated"; reversible: boolean | null;
  name: string;                                       // the action's name, drawn
  gist: string;                                       // one line from the bytes, drawn, secrets covered, ≤ 200 columns (a question: its words)
  agent: Who; owner: Who | null; run: Who | null;     // run: id and name (drawn; id if unnamed)
  action: string; action_status: string;              // the action's id and present status
  opened_at: number; deadline: number; at_end: string;
  level: number; levels: number; level_until: number; // rung reached (from 0), how many there are
  asked: string[];                                    // ids of people and groups asked so far, delegates included
  barred: string[];                                   // ids that may never decide it
  claimed_by: Who | null; claim_until: number | null;
  votes: Who[]; missing: number; round: number; comments: number;
  flags: number; unseen: number;                      // of the present view
  alike: string | null;                               // same for rows that can be folded
  decision: null | { outcome: string; by: Who; at: number; effective_at: number; effective: boolean; edited: boolean };
}

export interface Node {                                      // a value as it is drawn (view layer)
  path: string;                                       // as in flags: args, args.amount, args.items[3].name
  name: string | null;                                // the key, drawn; null in lists and at the top
  kind: "text" | "number" | "boolean" | "null" | "object" | "list" | "erased";
  text?: string;                                      // scalars: drawn text (texts without quotes; erased: the short digest)
  masked?: boolean;                                   // something in `text` is covered
  fold?: { head: string; tail: string; hidden: number }   // a long text: drawn ends, characters between; `text` is the whole
  members?: Node[];                                   // object, list: all of them
  folded?: { head: number; tail: number; hidden: number } // a long container: show so many first and last members until opened
}
export interface Flag { code: string; heading: string; path: string; text: string; part: "args" | "context" | "story" }
export interface Page {
  row: Row; v: number; now: number;
  view: { digest: string; version: string; bind: string; erased: boolean };
  title: string;                                      // from the bytes, drawn
  facts: { name: string; words: string }[];           // Why, Asked, Then…, Needs, Risk, Agent: the same as the terminal's
  reason: string;                                     // why a person is asked, in words
  ladder: { ask: Who[]; from: number; until: number; remind: number | null }[];
  quorum: { place: Who | null; number: number }[];    // place null: anyone asked
  undo: number;                                       // µs of the window; 0: none
  args: Node; first: Node | null;                     // first: as the agent first asked, if edited since
  context: Node | null; story: Node | null;           // story: an object; agent text, not verified
  flags: Flag[]; hidden: number;                      // hidden characters in args
  unseen: string[];                                   // paths (in args) that are folded and have to be opened before approve/edit/retry
  uninspected: { path: string; why: string }[];       // what no check can look into (undecodable or encoded payloads, beyond limits)
  raw: unknown;                                       // args as plain JSON in parameter order, for the edit form; null if erased
  schema: object | null;                              // JSON Schema of the arguments (question: of the answer)
  question: null | { question: string; options: { text: string; value: unknown }[] | null; default: string | null };
  choices: string[];                                  // outcomes that the reader may choose
  refusal: null | { code: string; text: string };     // why *you* may not decide (which rule), null if you may
  voted: boolean; may_comment: boolean;               // approved this round already; may say something, also without deciding
  rounds: { round: number; at: number; by: Who; changed: string[] }[];       // earlier rounds: who edited, which paths
  attempts: { attempt: number; at: number; text: string }[];                 // failed ones; text drawn, agent's
  talk: { type: string; at: number; by: Who; note: string | null; to: Who | null }[];   // comments, claims, delegations, escalations, votes, in order
  run: null | { id: string; name: string; steps: { id: string; name: string; gist: string; status: string; at: number; by: string | null; this: boolean }[] };  // last 8, oldest first
  similar: { approved: number; edited: number; rejected: number; sent_back: number; other: number; days: number;
             nearest: { id: string; gist: string; outcome: string; by: Who; at: number; note: string | null; same: string[] }[] };
  decision: null | { outcome: string; by: Who; at: number; auth: string; note: string | null; value: string | null; edited: boolean; effective_at: number };
  outcome: null | { status: string; text: string | null };                   // what became of the action, drawn
}

export interface Inbox { now: number; v: number; items: Row[]; next: string | null; counts: { open: number } }
export interface Me { id: string; name: string; kind: string; groups: string[]; permissions: string[]; solo: boolean; csrf: string | null; until: number | null; tenant: string; auth: string }
