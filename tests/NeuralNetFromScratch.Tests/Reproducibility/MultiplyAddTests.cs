using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using NeuralNetFromScratch.Tests.Storage;

namespace NeuralNetFromScratch.Tests.Reproducibility;

/// <summary>What an engine says of its multiply-adds, and where that is remembered.</summary>
public class MultiplyAddTests
{
    private static readonly FitOptions Options = new() { Epochs = 1, BatchSize = 10 };

    [Test]
    public void An_engine_rounds_once_where_the_processor_does_or_where_it_is_asked_to()
    {
        MultiplyAddKind plain = new Engine(1).MultiplyAdd, emulated = new Engine(1, emulateFusedMultiplyAdd: true).MultiplyAdd;
        Assert.That(plain, Is.EqualTo(Engine.HasFusedMultiplyAdd ? MultiplyAddKind.Fused : MultiplyAddKind.Unfused));
        Assert.That(emulated, Is.EqualTo(Engine.HasFusedMultiplyAdd ? MultiplyAddKind.Fused : MultiplyAddKind.EmulatedFused));
        Assert.That(Trainer(emulates: false).MultiplyAdd, Is.EqualTo(plain));
        Assert.That(Trainer(emulates: true).MultiplyAdd, Is.EqualTo(emulated));
    }

    [Test]
    public void An_engine_names_threads_registers_and_multiply_add()
    {
        Assert.That($"{new Engine(1, SimdWidth.Emulated128)}", Is.EqualTo("1 thread, 128-bit registers, emulated fused multiply-add"));
        Assert.That($"{new Engine(2, SimdWidth.EmulatedScalar)}", Is.EqualTo("2 threads, no vector registers, emulated fused multiply-add"));
        Assert.That(
            $"{new Engine(3, SimdWidth.Bits256)}",
            Is.EqualTo(Engine.HasFusedMultiplyAdd ? "3 threads, 256-bit registers, fused multiply-add" : "3 threads, 256-bit registers, multiply-add rounded twice"));
    }

    [Test]
    public void A_predictor_that_emulates_has_the_bits_of_an_engine_that_does()
    {
        Sequential network = Network();
        network.OutputActivation = OutputActivation.Softmax;
        float[] inputs = TestValues.Uniform(30 * 23, 1), outputs = new float[30 * 5];
        network.CreatePredictor(7, emulateFusedMultiplyAdd: true).Predict(inputs, outputs);
        Dataset samples = Samples();
        Assert.That(TestValues.Bits(outputs), Is.EqualTo(TestValues.Bits(network.Predict(samples, new Engine(2, SimdWidth.Emulated128)).AsMatrix().Span)));
        Assert.That(TestValues.Bits(outputs), Is.EqualTo(TestValues.Bits(network.Predict(samples, new Engine(2, SimdWidth.EmulatedScalar)).AsMatrix().Span)));
    }

    [Test]
    public void A_training_goes_on_with_the_instruction_or_its_emulation([Values] bool beginsEmulated)
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("a") } };
        Engine emulated = new(1, SimdWidth.Emulated128), fused = new(1, SimdWidths.BestFused);
        new Trainer(Network(), new SoftmaxCrossEntropy(), new Adam(), beginsEmulated ? emulated : fused).Fit(Samples(), options);
        Sequential network = Network(), whole = Network();
        new Trainer(network, new SoftmaxCrossEntropy(), new Adam(), beginsEmulated ? fused : emulated).Resume(folder.File("a"), Samples(), options with { Epochs = 2 });
        new Trainer(whole, new SoftmaxCrossEntropy(), new Adam(), fused).Fit(Samples(), Options with { Epochs = 2 });
        Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(TestValues.Bits(whole.Parameters.Values)));
    }

    [Test]
    public void A_checkpoint_of_sums_rounded_otherwise_is_refused_and_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("a") } };
        Trainer trainer = Trainer(emulates: true);
        trainer.Fit(Samples(), options);
        SafetensorsEdit.SetMetadata(folder.File("a"), "training: multiply-add", "rounded twice");
        Assert.That(
            () => Trainer(emulates: true).Resume(folder.File("a"), Samples(), options),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("multiply-add: the checkpoint has \"rounded twice\"").And.Message.Contains("load the network"));
    }

    [Test]
    public void Without_the_instruction_a_training_that_rounds_twice_refuses_a_checkpoint_of_one_that_rounds_once()
    {
        if (Engine.HasFusedMultiplyAdd)
            Assert.Ignore("the processor has fused multiply-add");
        using var folder = new TemporaryFolder();
        FitOptions options = Options with { Checkpoint = new CheckpointOptions { Path = folder.File("a") } };
        Trainer(emulates: true).Fit(Samples(), options);
        Assert.That(
            () => Trainer(emulates: false).Resume(folder.File("a"), Samples(), options),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(nameof(TrainerOptions.EmulateFusedMultiplyAdd)));
    }

    private static Sequential Network() => new([23], 1, new Dense(17, Activation.Tanh), new Dense(5));

    private static Trainer Trainer(bool emulates) =>
        new(Network(), new SoftmaxCrossEntropy(), new Adam(), new TrainerOptions { ThreadCount = 1, EmulateFusedMultiplyAdd = emulates });

    private static Dataset Samples() => Dataset.FromArrays(TestValues.Uniform(30 * 23, 1), [23], [.. Enumerable.Range(0, 30).Select(i => i % 5)], 5);
}
