using System.Text.Json;

namespace NeuralNetFromScratch.Tests.Golden;

/// <summary>Fifty steps side by side with PyTorch; make_trajectories.py made the file.</summary>
public class TrajectoryTests
{
    private const double Tolerance = 2e-5;
    private const float Averaging = 0.9f;

    [TestCase("sgd")]
    [TestCase("momentum")]
    [TestCase("dampened")]
    [TestCase("nesterov")]
    [TestCase("rmsprop")]
    [TestCase("adagrad")]
    [TestCase("adam")]
    [TestCase("adamw")]
    [TestCase("l2")]
    [TestCase("clipped-norm")]
    [TestCase("clipped-value")]
    [TestCase("l1")]
    [TestCase("max-norm")]
    public void Fifty_steps_follow_PyTorch(string name)
    {
        JsonElement golden = GoldenFile.Read("trajectories.json");
        int[] sizes = golden.GetProperty("sizes").Integers();
        var network = new Sequential([sizes[0]], 0, new Dense(sizes[1], Activation.Relu), new Dense(sizes[2]));
        foreach ((Parameter parameter, JsonElement start) in network.Parameters.Zip(golden.GetProperty("start").EnumerateArray()))
            start.Floats().CopyTo(parameter.Values);

        Optimizer optimizer = name switch
        {
            "sgd" => new Sgd(0.1f) { EmaDecay = Averaging },
            "momentum" => new Sgd(0.1f, 0.9f) { EmaDecay = Averaging },
            "dampened" => new Sgd(0.1f, 0.9f, dampening: 0.5f) { EmaDecay = Averaging },
            "nesterov" => new Sgd(0.1f, 0.9f, nesterov: true) { EmaDecay = Averaging },
            "rmsprop" => new RmsProp(0.005f) { EmaDecay = Averaging },
            "adagrad" => new Adagrad(0.05f) { EmaDecay = Averaging },
            "adam" => new Adam(0.01f) { EmaDecay = Averaging },
            "adamw" => new AdamW(0.01f, weightDecay: 0.3f) { DecaysAllParameters = true, EmaDecay = Averaging },
            "l2" => new Sgd(0.1f, 0.9f) { L2Penalty = 0.02f, DecaysAllParameters = true, EmaDecay = Averaging },
            "clipped-norm" => new Sgd(0.1f) { GlobalClipNorm = 0.3f, EmaDecay = Averaging },
            "l1" => new Sgd(0.1f, 0.9f) { L1Penalty = 0.01f, DecaysAllParameters = true, EmaDecay = Averaging },
            "max-norm" => new Sgd(0.1f, 0.9f) { MaxNorm = 0.6f, EmaDecay = Averaging },
            _ => new Sgd(0.1f) { ClipValue = 0.02f, EmaDecay = Averaging },
        };
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), optimizer);
        JsonElement run = golden.GetProperty("runs").GetProperty(name);
        float[] expected = run.Floats("losses");
        for (int step = 0; step < expected.Length; step++)
        {
            float[] inputs = golden.GetProperty("inputs")[step].Floats();
            int[] labels = golden.GetProperty("labels")[step].Integers();
            float loss = trainer.TrainStep(new ReadOnlyMatrixView(inputs, labels.Length, sizes[0]), labels);
            Assert.That(loss, Is.EqualTo(expected[step]).Within(Tolerance), $"loss of step {step + 1}");
        }

        foreach ((Parameter parameter, JsonElement end) in network.Parameters.Zip(run.GetProperty("end").EnumerateArray()))
            Assert.That(parameter.Values.ToArray(), Is.EqualTo(end.Floats()).Within(Tolerance), parameter.Name);
        foreach ((Parameter parameter, JsonElement average) in trainer.AveragedNetwork!.Parameters.Zip(run.GetProperty("average").EnumerateArray()))
            Assert.That(parameter.Values.ToArray(), Is.EqualTo(average.Floats()).Within(Tolerance), $"average of {parameter.Name}");
    }
}
