PRAGMA user_version = 4;

-- The shop's own database. Money is integer cents (EUR); days are ISO 8601 dates.
CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL,
    since TEXT NOT NULL,
    merged_into TEXT REFERENCES customers (id)
) STRICT;
CREATE INDEX customers_by_name ON customers (name);

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price > 0),
    stock INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customers (id),
    placed TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'packed', 'shipped', 'delivered', 'cancelled')),
    since TEXT NOT NULL,
    shipping INTEGER NOT NULL CHECK (shipping >= 0),
    discount INTEGER NOT NULL CHECK (discount >= 0)
) STRICT;
CREATE INDEX orders_by_customer ON orders (customer);

CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (id),
    line INTEGER NOT NULL,
    product TEXT NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT;

CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    method TEXT NOT NULL,
    captured INTEGER NOT NULL CHECK (captured > 0),
    day TEXT NOT NULL
) STRICT;
CREATE INDEX payments_by_order ON payments (order_id);

CREATE TABLE refunds (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    refunded INTEGER NOT NULL CHECK (refunded > 0),
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX refunds_by_order ON refunds (order_id);

CREATE VIEW balances AS
SELECT id, captured, refunded, captured - refunded AS kept
FROM (
    SELECT
        o.id,
        coalesce((SELECT sum(p.captured) FROM payments AS p WHERE p.order_id = o.id), 0) AS captured,
        coalesce((SELECT sum(r.refunded) FROM refunds AS r WHERE r.order_id = o.id), 0) AS refunded
    FROM orders AS o
);

CREATE VIEW named_lines AS
SELECT l.order_id, l.line, p.name AS product, p.kind, l.quantity, l.price
FROM order_lines AS l JOIN products AS p ON p.id = l.product
ORDER BY l.order_id, l.line;

-- Accounts that are open, with their history.
CREATE VIEW accounts AS
SELECT
    c.id,
    c.name,
    c.email,
    c.street || ', ' || c.postcode || ' ' || c.city || ', ' || c.country AS address,
    c.since,
    count(o.id) AS orders,
    coalesce(sum(b.captured), 0) AS spent,
    coalesce(sum(b.refunded), 0) AS returned,
    count(o.id) FILTER (WHERE o.status IN ('placed', 'packed', 'shipped')) AS open_orders
FROM customers AS c
LEFT JOIN orders AS o ON o.customer = c.id
LEFT JOIN balances AS b ON b.id = o.id
WHERE c.merged_into IS NULL
GROUP BY c.id;

-- What the warehouse has ordered from suppliers; what has not come yet is not in the stock.
CREATE TABLE purchases (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL REFERENCES products (id),
    pieces INTEGER NOT NULL CHECK (pieces > 0),
    supplier TEXT NOT NULL,
    cost INTEGER NOT NULL CHECK (cost > 0)
) STRICT;
CREATE INDEX purchases_by_product ON purchases (product);

-- What the usual supplier asks for a product; without a price it has not answered.
CREATE TABLE quotes (
    product TEXT PRIMARY KEY REFERENCES products (id),
    price INTEGER CHECK (price > 0)
) STRICT;

-- Prices that were changed since the shop opened, in cents.
CREATE TABLE price_changes (
    product TEXT NOT NULL REFERENCES products (id),
    before INTEGER NOT NULL,
    after INTEGER NOT NULL
) STRICT;

-- The VAT in what was paid for an order, in cents; the rate is in per mille.
CREATE TABLE order_taxes (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    country TEXT NOT NULL,
    rate INTEGER NOT NULL,
    tax INTEGER NOT NULL
) STRICT;

-- Mail that came after the shop opened, in the words of its senders.
CREATE TABLE mail (
    id TEXT PRIMARY KEY,
    received TEXT NOT NULL,
    name TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- What the support desk wrote back; a ticket with a reply is closed.
CREATE TABLE replies (
    ticket TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- Which team each mail was given to.
CREATE TABLE teams (
    ticket TEXT PRIMARY KEY,
    team TEXT NOT NULL
) STRICT;

-- Days whose sales the bookkeeper has filed, or that were left out.
CREATE TABLE journal (
    day TEXT PRIMARY KEY,
    receipt TEXT NOT NULL
) STRICT;

-- The figures on the day the shop opened, to compare with.
CREATE TABLE opening (
    figure TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
