using System.Runtime.Intrinsics;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>
/// The suite also runs with instruction sets switched off. Each such run says which register widths it expects to be left, so that a
/// switch that has no effect, because the runtime renamed it or it was misspelt, fails instead of testing the same code again.
/// </summary>
public class InstructionSetTests
{
    /// <summary>Widths in bits with commas between, such as "128" or "128,256"; "none" where all is switched off.</summary>
    private const string ExpectedWidths = "NEURALNET_EXPECTED_WIDTHS";

    private static readonly (int Bits, RegisterWidth Width, bool IsAccelerated)[] Widths =
    [
        (128, RegisterWidth.Bits128, Vector128.IsHardwareAccelerated),
        (256, RegisterWidth.Bits256, Vector256.IsHardwareAccelerated),
        (512, RegisterWidth.Bits512, Vector512.IsHardwareAccelerated),
    ];

    [Test]
    public void The_process_accelerates_the_widths_that_its_run_expects()
    {
        string[] accelerated = [.. Widths.Where(width => width.IsAccelerated).Select(width => $"{width.Bits}")];
        TestContext.Out.WriteLine($"accelerated widths: {(accelerated.Length == 0 ? "none" : string.Join(", ", accelerated))}");
        string? expected = Environment.GetEnvironmentVariable(ExpectedWidths);
        if (expected is null)
            Assert.Ignore($"{ExpectedWidths} is not set: this run takes what the processor has, {string.Join(", ", accelerated)}");
        Assert.That(accelerated, Is.EquivalentTo(expected == "none" ? [] : expected.Split(',')), $"{ExpectedWidths} is {expected}");
    }

    [Test]
    public void An_engine_takes_the_widest_accelerated_registers()
    {
        RegisterWidth widest = Widths.Where(width => width.IsAccelerated).Select(width => width.Width).LastOrDefault(RegisterWidth.Scalar);
        Assert.That((RegisterWidth)new Engine(1).Width, Is.EqualTo(widest));
    }
}
