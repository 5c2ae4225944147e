// The public OpenAI client for JavaScript against /v1: node openai.mjs BASE_URL prints what it got as JSON.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "any", maxRetries: 0 });
const messages = [{ role: "user", content: "tents" }];
const whole = await client.chat.completions.create({ model: "aisle", messages });
const stream = await client.chat.completions.create({
  model: "aisle", messages, stream: true, stream_options: { include_usage: true },
});
let text = "", finish = "", usage = null;
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
  finish = chunk.choices[0]?.finish_reason ?? finish;
  usage = chunk.usage ?? usage;
}
const models = [];
for await (const model of client.models.list()) models.push(model.id);
const error = await client.models.retrieve("none").then(() => null, (failed) => ({ status: failed.status, name: failed.constructor.name }));
console.log(JSON.stringify({
  whole: whole.choices[0].message.content, finished: whole.choices[0].finish_reason, products: whole.aisle.products.map((each) => each.id),
  text, finish, usage, models, error,
}));
