/** One stretch of drawn text: what the data says, or a sign that Handrail drew for what cannot be seen. */
export interface Piece {
  text: string;
  sign: boolean;
  /** A line of the data ends behind this piece. */
  ends: boolean;
}

const SIGN = /(⟨[^⟩]*⟩|⏎|⇥)/;

/** Splits drawn text at Handrail's own signs, which a literal one in the data can never be. */
export function pieces(drawn: string): Piece[] {
  return drawn
    .split(SIGN)
    .map((text, at) => ({ text, sign: at % 2 === 1, ends: text === "⏎" && at % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}
