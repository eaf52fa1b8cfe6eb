using System.Globalization;
using System.Numerics.Tensors;
using NeuralNetFromScratch;

float[] inputs = [0, 0, 0, 1, 1, 0, 1, 1];
Dataset xor = Dataset.FromArrays(inputs, sampleShape: [2], labels: [0, 1, 1, 0], classCount: 2);
var network = new Sequential(inputShape: [2], seed: 42, new Dense(8, Activation.Tanh), new Dense(2));
var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(learningRate: 0.05f), new TrainerOptions { ThreadCount = 1 });
trainer.Fit(xor, new FitOptions { Epochs = 200, BatchSize = 4 });

MatrixView probabilities = network.Predict(Tensor.Create<float>(inputs, [4, 2])).AsMatrix();
for (int row = 0; row < 4; row++)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs[2 * row]} xor {inputs[2 * row + 1]}: 1 with probability {probabilities[row, 1]:P1}"));
return network.Evaluate(xor).Accuracy == 1 ? 0 : 1;
