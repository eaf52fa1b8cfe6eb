using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>
/// Runs a kernel twice, on operands that touch unreadable pages and on operands that do not, and compares all bits. A kernel that reads or
/// writes beyond an operand takes the test process down; <c>dotnet test --blame</c> then names the test.
/// </summary>
[TestFixture(GuardedSide.Start)]
[TestFixture(GuardedSide.End)]
public abstract class GuardPageTest(GuardedSide side)
{
    protected GuardedSide Side => side;

    private protected void Check(Action<Operands> run, Func<string> what)
    {
        using Operands guarded = new(side), free = new(null);
        run(guarded);
        run(free);
        int[] expected = free.Bits();
        if (!guarded.Bits().AsSpan().SequenceEqual(expected))
            Assert.Fail($"{what()}: other bits beside a guard page");
    }
}
