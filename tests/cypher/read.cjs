// Reads, then tries to write, with the official JavaScript driver: node read.cjs URI USER
const neo4j = require("neo4j-driver");
const [uri, user] = process.argv.slice(2);
(async () => {
  const driver = neo4j.driver(uri, neo4j.auth.basic(user, process.env.NEO4J_PASSWORD));
  const session = driver.session({ database: "neo4j" });
  const query = "MATCH (n:Firm {id: $id}) RETURN n.name AS name, labels(n) AS labels";
  const read = await session.executeRead((tx) => tx.run(query, { id: "F1" }));
  console.log(JSON.stringify(read.records.map((record) => record.toObject())));
  try {
    await session.executeWrite((tx) => tx.run("CREATE (:Firm {id: 'X'})"));
    console.log("written");
  } catch (error) {
    console.log(error.code);
  }
  await driver.close();
})();
