-- Which server sends for an endpoint, and until when (storage/delivery_claims.h).
CREATE TABLE delivery_claim (webhook BIGINT PRIMARY KEY, node TEXT NOT NULL, until BIGINT NOT NULL);
