-- Which server sends for an endpoint, and until when (storage/delivery_claims.h).
CREATE TABLE delivery_claim (webhook INTEGER PRIMARY KEY, node TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
