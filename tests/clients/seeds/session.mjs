import { Polar } from "@polar-sh/sdk";

const polar = new Polar({
  accessToken: "<TOKEN>",
  serverURL: "<URL>",
});

const checkout = await polar.checkouts.create({
  products: ["<PRODUCT_ID>"],
});

console.log(checkout.url);
