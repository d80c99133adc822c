/** The review that is opened next and takes the focus, since the one before was decided. */
export const arrival: { id: string | null } = { id: null };
