using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Fifty steps side by side with PyTorch; make_trajectories.py made the file.</summary>
public class TrajectoryTests
{
    private const double Tolerance = 2e-5;

    [TestCase("sgd")]
    [TestCase("momentum")]
    [TestCase("dampened")]
    [TestCase("nesterov")]
    [TestCase("rmsprop")]
    [TestCase("adagrad")]
    [TestCase("adam")]
    public void Fifty_steps_follow_PyTorch(string name)
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden", "trajectories.json");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement golden = document.RootElement;
        int[] sizes = [.. golden.GetProperty("sizes").EnumerateArray().Select(size => size.GetInt32())];
        var network = new Sequential([sizes[0]], 0, new Dense(sizes[1], Activation.Relu), new Dense(sizes[2]));
        foreach ((Parameter parameter, JsonElement start) in network.Parameters.Zip(golden.GetProperty("start").EnumerateArray()))
            Floats(start).CopyTo(parameter.Values);

        Optimizer optimizer = name switch
        {
            "sgd" => new Sgd(0.1f),
            "momentum" => new Sgd(0.1f, 0.9f),
            "dampened" => new Sgd(0.1f, 0.9f, dampening: 0.5f),
            "nesterov" => new Sgd(0.1f, 0.9f, nesterov: true),
            "rmsprop" => new RmsProp(0.005f),
            "adagrad" => new Adagrad(0.05f),
            _ => new Adam(0.01f),
        };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer);
        JsonElement run = golden.GetProperty("runs").GetProperty(name);
        float[] expected = Floats(run.GetProperty("losses"));
        for (int step = 0; step < expected.Length; step++)
        {
            float[] inputs = Floats(golden.GetProperty("inputs")[step]);
            int[] labels = [.. golden.GetProperty("labels")[step].EnumerateArray().Select(label => label.GetInt32())];
            float loss = trainer.TrainStep(new ReadOnlyMatrixView(inputs, labels.Length, sizes[0]), labels);
            Assert.That(loss, Is.EqualTo(expected[step]).Within(Tolerance), $"loss of step {step + 1}");
        }

        foreach ((Parameter parameter, JsonElement end) in network.Parameters.Zip(run.GetProperty("end").EnumerateArray()))
            Assert.That(parameter.Values.ToArray(), Is.EqualTo(Floats(end)).Within(Tolerance), parameter.Name);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
