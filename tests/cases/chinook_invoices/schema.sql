CREATE TABLE "Customer" (
    "CustomerId" INTEGER PRIMARY KEY, "FirstName" VARCHAR(40) NOT NULL, "Email" VARCHAR(60) NOT NULL
);
CREATE TABLE "Invoice" (
    "InvoiceId" INTEGER PRIMARY KEY,
    "CustomerId" INTEGER NOT NULL,
    "InvoiceDate" TIMESTAMP NULL,
    "BillingCountry" VARCHAR(40),
    "Total" NUMERIC(10, 2) NOT NULL,
    "PdfText" TEXT,
    FOREIGN KEY ("CustomerId") REFERENCES "Customer" ("CustomerId")
);
CREATE TABLE "Track" (
    "TrackId" INTEGER PRIMARY KEY, "Name" VARCHAR(200) NOT NULL, "UnitPrice" NUMERIC(10, 2) NOT NULL
);
CREATE TABLE "InvoiceLine" (
    "InvoiceLineId" INTEGER PRIMARY KEY,
    "InvoiceId" INTEGER NOT NULL,
    "TrackId" INTEGER NOT NULL,
    "UnitPrice" NUMERIC(10, 2) NOT NULL,
    "Quantity" INTEGER NOT NULL,
    FOREIGN KEY ("InvoiceId") REFERENCES "Invoice" ("InvoiceId"),
    FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId")
);
CREATE TABLE "Playlist" (
    "PlaylistId" INTEGER PRIMARY KEY, "Name" VARCHAR(120) NOT NULL, "TotalPrice" NUMERIC(10, 2)
);
CREATE TABLE "PlaylistTrack" (
    "PlaylistId" INTEGER NOT NULL,
    "TrackId" INTEGER NOT NULL,
    "Blurb" TEXT,
    PRIMARY KEY ("PlaylistId", "TrackId"),
    FOREIGN KEY ("PlaylistId") REFERENCES "Playlist" ("PlaylistId"),
    FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId")
);
