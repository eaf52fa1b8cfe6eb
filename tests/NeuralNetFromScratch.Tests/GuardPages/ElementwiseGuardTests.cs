using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>
/// Kernels over runs of elements, for every length up to two registers of the widest and one more: ending at the page's end, they start at
/// every alignment.
/// </summary>
public unsafe class ElementwiseGuardTests(GuardedSide side) : GuardPageTest(side)
{
    private const int LongestRun = 33;

    [Test]
    public void Partial_registers_touch_their_lanes_alone([Values] RegisterWidth width)
    {
        int lanes = Tuning.Blocking((SimdWidth)width).TileColumns / 2;
        for (int count = 0; count <= lanes; count++)
        {
            int lanesUsed = count;
            Check(
                operands =>
                {
                    var kernel = new CopyLanes(operands.Next(lanesUsed), operands.Next(lanesUsed), lanesUsed);
                    SimdDispatch.Run((SimdWidth)width, ref kernel);
                },
                () => $"{lanesUsed} lanes");
        }
    }

    [Test]
    public void Activations([Values] RegisterWidth width)
    {
        Function(width, default(IdentityFunction));
        Function(width, default(ReluFunction));
        Function(width, new LeakyReluFunction(0.1f));
        Function(width, new EluFunction(1, 1));
        Function(width, default(SigmoidFunction));
        Function(width, default(TanhFunction));
        Function(width, default(SiluFunction));
        Function(width, default(SoftplusFunction));
        Function(width, default(HardSwishFunction));
        Function(width, default(GeluFunction));
        Function(width, default(GeluTanhFunction));
    }

    [Test]
    public void Updates([Values] RegisterWidth width)
    {
        Update(width, new SgdRule(0.1f));
        Update(width, new MomentumRule(0.1f, 0.9f, 1, nesterov: true));
        Update(width, new RmsPropRule(0.1f, 0.9f, 1e-8f));
        Update(width, new MomentumRmsPropRule(0.1f, 0.9f, 1e-8f, 0.9f));
        Update(width, new CenteredRmsPropRule(0.1f, 0.9f, 1e-8f, 0.9f));
        Update(width, new AdagradRule(0.1f, 1e-10f, 0.1f));
        Update(width, new AdadeltaRule(0.1f, 0.9f, 1e-6f));
        Update(width, new AdamaxRule(0.9f, 0.999f, 0.1f, 1e-8f));
        Update(width, new AmsGradRule(0.9f, 0.999f, 0.1f, 1, 1e-8f));
        Update(width, new NAdamRule(0.9f, 0.999f, 0.1f, 0.1f, 1, 1e-8f));
        Update(width, new RAdamRule(0.9f, 0.999f, 0.1f, 1e-8f, isAdaptive: true));
        Update(width, new LionRule(0.1f, 0.9f, 0.99f));
        Update(width, new AdamRule(0.9f, 0.999f, 0.1f, 1, 1e-8f));
        Update(width, new AverageRule(0.1f));
        Update(width, new MixRule(0.1f));
        EachLength((operands, length) =>
        {
            Span<float> values = operands.NextSpan(length), gradients = operands.NextSpan(length);
            UpdatePass.Run((SimdWidth)width, new PenaltyRule(scale: 0.5f, clip: 0.4f, l2: 0.1f, l1: 0.1f, shrink: 0.9f), values, gradients, gradients);
        });
    }

    [Test]
    public void Softmax_of_a_row([Values] RegisterWidth width) => EachLength((operands, length) =>
    {
        var kernel = new SoftmaxRowKernel(operands.Next(length), operands.Next(length), length, 0.5f);
        SimdDispatch.Run((SimdWidth)width, ref kernel);
    });

    private void Function<TFunction>(RegisterWidth width, TFunction function)
        where TFunction : struct, IActivationFunction => EachLength((operands, length) =>
        {
            ElementPass.Run((SimdWidth)width, function, operands.NextSpan(length), operands.NextSpan(length));
            Span<float> gradient = operands.NextSpan(length);
            ElementPass.Run((SimdWidth)width, new Derivative<TFunction>(function), operands.NextSpan(length), gradient, gradient);
        });

    private void Update<TRule>(RegisterWidth width, TRule rule)
        where TRule : struct, IUpdateRule => EachLength((operands, length) =>
        {
            UpdatePass.Run(
                (SimdWidth)width, rule, operands.NextSpan(length), operands.NextSpan(length), operands.NextSpan(TRule.SlotCount > 0 ? length : 0), operands.NextSpan(TRule.SlotCount > 1 ? length : 0),
                operands.NextSpan(TRule.SlotCount > 2 ? length : 0));
        });

    private void EachLength(Action<Operands, int> run)
    {
        for (int length = 1; length <= LongestRun; length++)
        {
            int count = length;
            Check(operands => run(operands, count), () => $"length {count}");
        }
    }

    private readonly struct CopyLanes(float* source, float* destination, int count) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => TSimd.StorePartial(TSimd.LoadPartial(source, count), destination, count);
    }
}
