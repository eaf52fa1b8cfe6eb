using NeuralNetFromScratch;

namespace Consumer;

/// <summary>The smallest problem that needs a hidden layer, trained in a loop of one's own.</summary>
internal static class Xor
{
    public static void Run()
    {
        float[] inputs = [0, 0, 0, 1, 1, 0, 1, 1];
        int[] labels = [0, 1, 1, 0];
        var network = new Sequential([2], seed: 1, new Dense(8, Activation.Tanh), new Dense(2));
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam(learningRate: 0.05f));
        for (int step = 0; step < 500; step++)
            trainer.TrainStep(new ReadOnlyMatrixView(inputs, rows: 4, columns: 2), labels);

        Predictor predictor = network.CreatePredictor();
        Span<float> probabilities = stackalloc float[2];
        for (int i = 0; i < 4; i++)
        {
            predictor.Predict(inputs.AsSpan(2 * i, 2), probabilities);
            Console.WriteLine($"xor: {inputs[2 * i]} and {inputs[2 * i + 1]} give {(probabilities[1] > 0.5f ? 1 : 0)}, surely: {probabilities[labels[i]] > 0.95f}");
        }
    }
}
