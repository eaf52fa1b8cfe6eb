using System.Globalization;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Samples.CustomLayer;

const double LeastAccuracy = 0.97;

// Derivatives by formula against derivatives by differences: a wrong sign or a forgotten factor shows here.
GradientReport layer = GradientCheck.Run(new RadialBasis(units: 5), inputShape: [3]);
GradientReport activation = GradientCheck.Run(new Softsign());
Console.WriteLine($"radial basis {layer}");
Console.WriteLine($"softsign {activation}");

var network = new Sequential(inputShape: [2], seed: 42, new RadialBasis(units: 32), new Dense(16, new Softsign()), new Dense(2));
var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(learningRate: 0.01f));
trainer.Fit(Spirals.Create(2000, seed: 1), new FitOptions { Epochs = 100, BatchSize = 50 });
double accuracy = network.Evaluate(Spirals.Create(1000, seed: 2)).Accuracy;
Console.WriteLine(network.Summary());
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Two spirals: {accuracy:P1} of 1,000 new points right"));
return layer.Passed && activation.Passed && accuracy >= LeastAccuracy ? 0 : 1;
