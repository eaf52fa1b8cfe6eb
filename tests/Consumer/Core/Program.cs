using Consumer;

switch (args)
{
    case []:
        Xor.Run();
        Digits.Run();
        Table.Run();
        return 0;
    case ["start"]:
        Speed.Start();
        return 0;
    case ["epochs", string threads]:
        Speed.Epochs(int.Parse(threads));
        return 0;
    default:
        Console.Error.WriteLine("usage: Core [start | epochs THREADS]");
        return 2;
}
