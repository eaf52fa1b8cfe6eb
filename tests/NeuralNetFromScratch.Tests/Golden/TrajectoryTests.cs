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
    [TestCase("amsgrad")]
    [TestCase("amsgrad-w")]
    [TestCase("adamax")]
    [TestCase("nadam")]
    [TestCase("nadam-decay")]
    [TestCase("radam")]
    [TestCase("radam-short")]
    [TestCase("adadelta")]
    [TestCase("adadelta-other")]
    [TestCase("lion")]
    [TestCase("lion-decay")]
    [TestCase("rmsprop-momentum")]
    [TestCase("rmsprop-centered")]
    [TestCase("rmsprop-centered-momentum")]
    [TestCase("adagrad-decay")]
    [TestCase("groups")]
    [TestCase("clipped-infinity")]
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
            "amsgrad" => new Adam(0.02f, beta2: 0.9f) { AmsGrad = true, EmaDecay = Averaging },
            "amsgrad-w" => new AdamW(0.02f, weightDecay: 0.1f) { AmsGrad = true, DecaysAllParameters = true, EmaDecay = Averaging },
            "adamax" => new Adamax(0.02f) { EmaDecay = Averaging },
            "nadam" => new NAdam(0.01f) { EmaDecay = Averaging },
            "nadam-decay" => new NAdam(0.01f, 0.8f, 0.99f, momentumDecay: 0.4f) { EmaDecay = Averaging },
            "radam" => new RAdam(0.02f) { EmaDecay = Averaging },
            "radam-short" => new RAdam(0.02f, 0.8f, 0.9f) { EmaDecay = Averaging },
            "adadelta" => new Adadelta { EmaDecay = Averaging },
            "adadelta-other" => new Adadelta(2, 0.7f, 1e-5f) { EmaDecay = Averaging },
            "lion" => new Lion(0.003f) { EmaDecay = Averaging },
            "lion-decay" => new Lion(0.003f, 0.95f, 0.98f) { DecoupledWeightDecay = 0.5f, DecaysAllParameters = true, EmaDecay = Averaging },
            "rmsprop-momentum" => new RmsProp(0.002f, momentum: 0.8f) { EmaDecay = Averaging },
            "rmsprop-centered" => new RmsProp(0.005f, 0.9f, centered: true) { EmaDecay = Averaging },
            "rmsprop-centered-momentum" => new RmsProp(0.002f, 0.9f, momentum: 0.8f, centered: true) { EmaDecay = Averaging },
            "adagrad-decay" => new Adagrad(0.1f, learningRateDecay: 0.05f, initialAccumulator: 0.01f) { EmaDecay = Averaging },
            "clipped-infinity" => new Sgd(0.1f) { GlobalClipInfinityNorm = 0.05f, EmaDecay = Averaging },
            "groups" => new Sgd(0.1f, 0.9f)
            {
                L2Penalty = 0.01f,
                DecaysAllParameters = true,
                EmaDecay = Averaging,
                ParameterGroups =
                [
                    new("dense1.weight") { LearningRateFactor = 0.5f, L2Penalty = 0.02f }, new("dense1.bias") { LearningRateFactor = 2, L2Penalty = 0 },
                    new("dense2.weight") { IsFrozen = true },
                ],
            },
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
