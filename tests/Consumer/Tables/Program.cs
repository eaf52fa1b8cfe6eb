using NeuralNetFromScratch;
using NeuralNetFromScratch.Tables;

string rows = string.Concat(Enumerable.Range(0, 120).Select(i => $"{(i % 9 == 4 ? "" : i % 12)};{(i % 2 == 0 ? "\"red; or so\"" : "blue")};2024-01-{1 + i % 28:D2};{(i % 12 > 5 == (i % 2 == 0) ? "yes" : "no")}\n"));
TabularData table = CsvFile.Parse("size;colour;day;kind\n" + rows);
var classifier = new TabularClassifier<string>();
classifier.Fit(table, target: "kind");

string file = Path.Combine(AppContext.BaseDirectory, "kinds.safetensors");
classifier.Save(file);
TabularClassifier<string> loaded = TabularClassifier<string>.Load(file);
File.Delete(file);
Console.Write(loaded.Plan);
Console.WriteLine($"tables: more than 8 of 10 right: {loaded.Score(table) > 0.8}; loaded, predicts the same: {loaded.Predict(table).SequenceEqual(classifier.Predict(table))}");
