import { answered } from "../../answered.ts";
import type { ProviderCloud } from "../../providerCloud.ts";
import { type Bag, resourceType } from "../../resourceType.ts";
import { text } from "../../schema/leaves.ts";

export const routeTableAssociation = resourceType({
  token: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  title: "EC2 Route Table Association",
  properties: {
    routeTableId: { kind: text, required: true },
    subnetId: { kind: text, forceNew: true },
  },
  outputs: [],
  // A subnet has one.
  deleteBeforeReplace: true,
  operations: ({ ec2 }) => ({
    async create(inputs) {
      const { AssociationId } = await ec2.AssociateRouteTable({
        RouteTableId: inputs.routeTableId,
        SubnetId: inputs.subnetId,
      });
      return answered(AssociationId, "AssociationId");
    },

    async read(id, known) {
      const found = await find(ec2, id, known);
      return (
        found && {
          id: answered(found.RouteTableAssociationId, "RouteTableAssociationId"),
          properties: { routeTableId: found.RouteTableId, subnetId: found.SubnetId },
        }
      );
    },

    async update({ id, known, inputs }) {
      const found = await find(ec2, id, known);
      await ec2.ReplaceRouteTableAssociation({
        AssociationId: found?.RouteTableAssociationId ?? id,
        RouteTableId: inputs.routeTableId,
      });
    },

    async delete(id, known) {
      const found = await find(ec2, id, known);
      if (found) await ec2.DisassociateRouteTable({ AssociationId: found.RouteTableAssociationId });
    },
  }),
});

/** An import names it `<subnet>/<table>`. A change of the table gives it another id, so that the subnet finds it. */
async function find(ec2: ProviderCloud["ec2"], id: string, known: Bag) {
  const subnet = id.includes("/") ? id.split("/")[0] : known["subnetId"];
  const Filters =
    typeof subnet === "string"
      ? [{ Name: "association.subnet-id", Values: [subnet] }]
      : [{ Name: "association.route-table-association-id", Values: [id] }];
  const { RouteTables = [] } = await ec2.DescribeRouteTables({ Filters });
  return RouteTables.flatMap(({ Associations = [] }) => Associations).find(
    (one) => one.RouteTableAssociationId === id || one.SubnetId === subnet,
  );
}
