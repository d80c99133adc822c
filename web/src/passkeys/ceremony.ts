/** What the server offers to make a passkey with: the options of WebAuthn, with bytes as base64url. */
export interface Offer {
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  challenge: string;
  pubKeyCredParams: PublicKeyCredentialParameters[];
  timeout: number;
  excludeCredentials: { type: "public-key"; id: string }[];
  attestation: AttestationConveyancePreference;
  authenticatorSelection: AuthenticatorSelectionCriteria;
}

/** What the server asks for when somebody signs in. */
export interface Asked {
  challenge: string;
  rpId: string;
  timeout: number;
  userVerification: UserVerificationRequirement;
}

type Parts<Name extends string> = Record<Name | "credential" | "client_data", string>;

/** Whether this browser knows passkeys at this address. */
export function able(): boolean {
  return typeof PublicKeyCredential === "function" && isSecureContext;
}

/** Make a passkey; the device asks its person. Throws `DOMException` where they do not want to, or cannot. */
export async function make(offer: Offer): Promise<Parts<"attestation">> {
  const made = await navigator.credentials.create({
    publicKey: {
      ...offer,
      challenge: bytes(offer.challenge),
      user: { ...offer.user, id: bytes(offer.user.id) },
      excludeCredentials: offer.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
    },
  });
  const { rawId, response } = made as PublicKeyCredential & { response: AuthenticatorAttestationResponse };
  return {
    credential: text(rawId),
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
  };
}

/** Let somebody use a passkey; the device asks its person. Throws `DOMException` where they do not want to, or cannot. */
export async function use(asked: Asked): Promise<Parts<"authenticator_data" | "signature" | "user_handle">> {
  const used = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge) } });
  const { rawId, response } = used as PublicKeyCredential & { response: AuthenticatorAssertionResponse };
  return {
    credential: text(rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: text(response.userHandle ?? new ArrayBuffer(0)),
  };
}

/** Base64url without padding as bytes. */
export function bytes(given: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(given.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

/** Bytes as base64url without padding. */
export function text(given: ArrayBuffer): string {
  const chars = Array.from(new Uint8Array(given), (byte) => String.fromCharCode(byte)).join("");
  return btoa(chars).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
