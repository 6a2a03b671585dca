import { createPolar } from "@polar-sh/sdk/<VERSION>";

const polar = createPolar({
  accessToken: "<TOKEN>",
  baseUrl: "<URL>",
});

const checkout = await polar.checkouts.create({
  products: ["<PRODUCT_ID>"],
});

console.log(checkout.url);
