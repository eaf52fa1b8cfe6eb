using System.Numerics.Tensors;
using NeuralNetFromScratch;
using NeuralNetFromScratch.Onnx;

var network = new Sequential([4], seed: 1, new Dense(8, Activation.Gelu), new Dense(3)) { OutputActivation = OutputActivation.Softmax, ClassNames = ["a", "b", "c"] };
string file = Path.Combine(AppContext.BaseDirectory, "network.onnx");
OnnxModel.Export(network, file);
Sequential imported = OnnxModel.Import(file);
File.Delete(file);

var input = Tensor.Create<float>([0.1f, -0.2f, 0.3f, -0.4f], [1, 4]);
float[] expected = network.Predict(input).AsMatrix().Span.ToArray(), actual = imported.Predict(input).AsMatrix().Span.ToArray();
Console.WriteLine($"onnx: {string.Join(", ", imported.ClassNames)}; predicts the same: {expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6)}");
