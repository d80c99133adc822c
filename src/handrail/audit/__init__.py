"""The audit log: entries, disclosures and the Merkle tree over them."""
