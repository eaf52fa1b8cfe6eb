using NeuralNetFromScratch;

namespace Consumer;

/// <summary>A small classifier: trained, saved, loaded, and asked.</summary>
internal static class Digits
{
    public static void Run()
    {
        (Dataset training, Dataset test) = SyntheticDigits.Create(2500, seed: 1).Split(heldOut: 500, seed: 2);
        var network = new Sequential([28, 28], seed: 3, new Dense(64, Activation.Relu), new BatchNormalization(), new Dropout(0.1f), new Dense(10))
        {
            ClassNames = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(learningRate: 0.05f, momentum: 0.9f));
        TrainingHistory history = trainer.Fit(training, new FitOptions { Epochs = 10, BatchSize = 50 });
        Console.WriteLine($"digits: {history.Epochs.Count} epochs, the loss fell: {history.Epochs[^1].Training.Loss < history.Epochs[0].Training.Loss}");
        Console.WriteLine($"digits: more than 9 of 10 right: {network.Evaluate(test).Accuracy > 0.9}");

        string file = Path.Combine(AppContext.BaseDirectory, "digits.safetensors");
        network.Save(file);
        Sequential loaded = Sequential.Load(file);
        File.Delete(file);

        var pixels = new float[784];
        float[] expected = new float[10], probabilities = new float[10];
        Predictor before = network.CreatePredictor(), after = loaded.CreatePredictor();
        int same = 0, right = 0;
        for (int i = 0; i < test.Count; i++)
        {
            test.CopyFeatures(i, pixels);
            before.Predict(pixels, expected);
            after.Predict(pixels, probabilities);
            same += expected.AsSpan().SequenceEqual(probabilities) ? 1 : 0;
            right += loaded.ClassNames[Array.IndexOf(probabilities, probabilities.Max())] == network.ClassNames[test.GetLabel(i)] ? 1 : 0;
        }

        Console.WriteLine($"digits: loaded, the same bits for {same} of {test.Count}; more than 9 of 10 right: {right > 0.9 * test.Count}");
        Console.WriteLine($"digits: {string.Join(", ", loaded.ClassNames)}");
    }
}
