import { expect } from "chai";
import { addToCart, readCart, writeCart } from "../../../../examples/shop/app/cart.ts";

describe("the cart in the cookie", () => {
  it("reads back what it wrote, in both colours", () => {
    const cart = addToCart(addToCart(addToCart([], 3), 7), 3);
    const cookie = writeCart(cart).split(";")[0];
    expect(readCart(`other=1; ${cookie}`)).to.deep.equal([
      { product: 3, quantity: 2 },
      { product: 7, quantity: 1 },
    ]);
  });

  it("takes nothing from a cookie that it did not write", () => {
    for (const cookies of [undefined, "", "cart=", "cart=x", "cart=3x0", "cart=<script>", "xcart=3x1"])
      expect(readCart(cookies), cookies).to.deep.equal([]);
  });
});
